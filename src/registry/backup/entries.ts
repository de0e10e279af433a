/**
 * What is in a backup, in this order:
 *
 *     devreg-backup.json            the number of this format
 *     metadata.db                   the database as it was in one moment
 *     blobs/<algorithm>/<hex>       the contents it names, but for those of earlier backups; sha512 in two parts
 *     end.json                      the digest of the database, and what was missing or damaged already
 */
import { type Digest, algorithmOf, hexOf, parseDigest } from '../../oci/digest.ts';

/** The first entry. */
export const BEGINNING = 'devreg-backup.json';

/** The database. */
export const DATABASE = 'metadata.db';

/** The last entry; a backup without it is not whole. */
export const END = 'end.json';

/** The number of this format. */
export const FORMAT = 1;

/** Tar holds names of at most a hundred characters. */
const PART = 64;

/** What the last entry says. */
export interface BackupEnd {
  readonly database: Digest;
  /** Contents that the registry had lost, or that were not what they should be. */
  readonly lost: readonly Digest[];
}

/** Where content is in a backup. */
export function pathOfBlob(digest: Digest): string {
  const hex = hexOf(digest);
  const parts = hex.length > PART ? `${hex.slice(0, PART)}/${hex.slice(PART)}` : hex;
  return `blobs/${algorithmOf(digest)}/${parts}`;
}

/** @returns undefined for another entry's path */
export function blobOfPath(path: string): Digest | undefined {
  const [folder, algorithm, ...parts] = path.split('/');
  const digest = parseDigest(`${algorithm}:${parts.join('')}`);
  return folder === 'blobs' && digest !== undefined && pathOfBlob(digest) === path ? digest : undefined;
}

/** Whether an entry's text says that a backup of this format follows. */
export function isBeginning(text: string): boolean {
  const value = parseObject(text);
  return value !== undefined && 'format' in value && value.format === FORMAT;
}

/** @returns undefined for what is no last entry */
export function parseEnd(text: string): BackupEnd | undefined {
  const value = parseObject(text);
  if (value === undefined || !('database' in value) || !('lost' in value)) return undefined;
  const database = parseDigest(String(value.database));
  if (database === undefined || !Array.isArray(value.lost)) return undefined;
  const lost = value.lost.map((digest) => parseDigest(String(digest))).filter((digest) => digest !== undefined);
  return lost.length === value.lost.length ? { database, lost } : undefined;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
