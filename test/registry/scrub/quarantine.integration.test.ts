/** What a scrub puts aside. */
import { mkdtempDisposable, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createQuarantine } from '../../../src/registry/scrub/quarantine.ts';

it('moves the file that is meant, and puts back one that has taken its place', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-quarantine-'));
  const quarantine = createQuarantine(folder.path, 'now');
  const path = join(folder.path, 'file');
  await writeFile(path, 'good');
  const { ino } = await stat(path, { bigint: true });
  expect(await quarantine.take('file', ino + 1n)).toBeUndefined();
  expect(await readFile(path, 'utf8')).toBe('good');
  expect(await quarantine.take('file', ino)).toBe('quarantine/now-file');
  expect(await quarantine.take('file', ino)).toBeUndefined();
  expect(await readdir(folder.path)).toEqual(['quarantine']);
  expect((await stat(join(folder.path, 'quarantine'))).mode & 0o777).toBe(0o700);
});
