/** Links between pages lead somewhere. */
import { access, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, readPage } from './pages.ts';

const LINK = /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

const docs = (await readdir(join(ROOT, 'docs'), { recursive: true })).map((name) => join('docs', name));
const pages = ['README.md', 'CONTRIBUTING.md', ...docs].filter((name) => name.endsWith('.md'));

/** As GitHub makes anchors of headings. */
function anchorsIn(page: string): readonly string[] {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(pages)('%s', async (name) => {
  for (const [link, path = '', anchor] of (await readPage(name)).matchAll(LINK)) {
    const target = path === '' ? name : join(dirname(name), path);
    const isThere = await access(join(ROOT, target)).then(
      () => true,
      () => false,
    );
    expect.soft(isThere, link).toBe(true);
    if (isThere && anchor !== undefined) expect.soft(anchorsIn(await readPage(target)), link).toContain(anchor);
  }
});
