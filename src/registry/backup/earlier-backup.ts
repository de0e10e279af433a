/** Finds out which contents an earlier backup has, without reading them. */
import { type FileHandle, open } from 'node:fs/promises';
import type { Digest } from '../../oci/digest.ts';
import { BackupError } from './backup-error.ts';
import { BEGINNING, END, blobOfPath, isBeginning, parseEnd } from './entries.ts';
import { BLOCK, type TarEntry, gapAfter, parseHeader } from './tar-header.ts';

/** More is not read into memory; the list of what was lost can be long. */
const TEXT_MAX = 64 * 1024 * 1024;

/**
 * Lists what can be relied on.
 * @param path a file that can be read at any place
 * @throws BackupError `unreadable`, `cut-off`; the system's when it cannot be opened
 */
export async function listBackup(path: string): Promise<Set<Digest>> {
  await using file = await open(path);
  const found = new Set<Digest>();
  let position = 0;
  for (let isFirst = true; ; isFirst = false) {
    const entry = parseHeader(await readAt(file, position, BLOCK));
    position += BLOCK;
    if (entry === undefined || entry === 'end') throw new BackupError('unreadable', `${path} is not a whole backup.`);
    if (isFirst && !isBeginning(await readText(file, position, entry, BEGINNING)))
      throw new BackupError('unreadable', `${path} is no backup of this version.`);
    if (entry.path === END) return withoutLost(found, await readText(file, position, entry, END));
    const digest = blobOfPath(entry.path);
    if (digest !== undefined) found.add(digest);
    position += entry.size + gapAfter(entry.size);
  }
}

function withoutLost(found: Set<Digest>, text: string): Set<Digest> {
  const end = parseEnd(text);
  if (end === undefined) throw new BackupError('unreadable', 'The end of an earlier backup is damaged.');
  return found.difference(new Set(end.lost));
}

async function readText(file: FileHandle, position: number, entry: TarEntry, path: string): Promise<string> {
  if (entry.path !== path || entry.size > TEXT_MAX) return '';
  return (await readAt(file, position, entry.size)).toString();
}

async function readAt(file: FileHandle, position: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await file.read(buffer, 0, size, position);
  if (bytesRead < size) throw new BackupError('cut-off', 'An earlier backup ends too early.');
  return buffer;
}
