/** Reading the documentation: its pages, and what stands in their tables. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** @param path from the root of the repository on */
export async function readPage(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}

/** The rows of all tables below a heading, up to the next heading of its level or above; cells without backticks. */
export function rowsBelow(page: string, heading: string): readonly (readonly string[])[] {
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const [, rest] = page.split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`There is no heading ${heading}.`);
  const section = rest.split(new RegExp(`\n#{1,${level}} `))[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}
