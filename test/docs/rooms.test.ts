/** The page on how it works has every room of the source. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, readPage } from './pages.ts';

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, path), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

it('draws them', async () => {
  const page = await readPage('docs/how-it-works.md');
  const drawn = [...page.matchAll(/^│?[ ]*[├└]── (\w+)\/ /gm)].map(([, room = '']) => room);
  expect(drawn.toSorted()).toEqual([...(await foldersIn('src')), ...(await foldersIn('src/registry'))].toSorted());
});
