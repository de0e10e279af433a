/** The file that digests are written to, for scripts. */
import { writeFile } from 'node:fs/promises';
import { translateFileErrors } from '../../errors.ts';
import type { CopiedRow } from './copied-view.ts';

/** Writes the digest of one image alone, as skopeo does. @throws DevregError of the file system */
export async function writeDigest(path: string, { digest }: CopiedRow): Promise<void> {
  await translateFileErrors(`write ${path}`, () => writeFile(path, digest ?? ''));
}

/** Writes a line for each image: digest and place. @throws DevregError of the file system */
export async function writeDigests(path: string, rows: readonly Pick<CopiedRow, 'digest' | 'target'>[]): Promise<void> {
  const lines = rows.filter(({ digest }) => digest !== null).map(({ digest, target }) => `${digest} ${target}\n`);
  await translateFileErrors(`write ${path}`, () => writeFile(path, lines.join('')));
}
