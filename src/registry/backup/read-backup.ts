/** Reads a backup, and sees that it is whole. */
import { text } from 'node:stream/consumers';
import type { Digest } from '../../oci/digest.ts';
import { BackupError } from './backup-error.ts';
import { BEGINNING, type BackupEnd, DATABASE, END, blobOfPath, isBeginning, parseEnd } from './entries.ts';
import { type ArrivingFile, readTar } from './tar-reader.ts';

/** More is not read into memory; the list of what was lost can be long. */
const TEXT_MAX = 64 * 1024 * 1024;

/** Takes what is in a backup, in the order it has. */
export interface BackupReceiver {
  /** @returns the digest of what came */
  database(bytes: AsyncIterable<Buffer>): Promise<Digest>;
  /** The bytes may have another digest. */
  content(digest: Digest, bytes: AsyncIterable<Buffer>): Promise<void>;
}

/**
 * Reads it from first to last byte.
 * @returns what the backup says at its end
 * @throws BackupError `unreadable`, `cut-off`; `damaged` when the database is not what it was
 */
export async function readBackup(source: AsyncIterable<Uint8Array>, receiver: BackupReceiver): Promise<BackupEnd> {
  let isFirst = true;
  let database: Digest | undefined;
  for await (const file of readTar(source)) {
    if (isFirst && !(await begins(file))) throw new BackupError('unreadable', 'It is no backup of this version.');
    isFirst = false;
    if (file.path === END) return await checkEnd(file, database);
    const digest = blobOfPath(file.path);
    if (file.path === DATABASE && database === undefined) database = await receiver.database(file.bytes);
    else if (digest !== undefined) await receiver.content(digest, file.bytes);
  }
  throw new BackupError('cut-off', 'The backup ends too early.');
}

async function begins(file: ArrivingFile): Promise<boolean> {
  return file.path === BEGINNING && isBeginning(await textOf(file));
}

async function checkEnd(file: ArrivingFile, database: Digest | undefined): Promise<BackupEnd> {
  const end = parseEnd(await textOf(file));
  if (end === undefined || end.database !== database)
    throw new BackupError('damaged', 'The database in the backup is not what it was.');
  return end;
}

async function textOf({ size, bytes }: ArrivingFile): Promise<string> {
  return size > TEXT_MAX ? '' : await text(bytes);
}
