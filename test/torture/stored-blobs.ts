/** What lies in a data folder under blobs' names, checked without the registry. */
import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Digest,
  type DigestAlgorithm,
  algorithmOf,
  digestOf,
  hexOf,
  parseDigest,
  toDigest,
} from '../../src/oci/digest.ts';

const ALGORITHMS: readonly DigestAlgorithm[] = ['sha256', 'sha512'];

/** Checks files that are new or have changed since it was last called. */
export interface StoredBlobs {
  /** @throws Error when a file is not what its name says */
  check(): Promise<void>;
  /** Whether there is one under a digest. */
  has(digest: Digest): boolean;
}

/** @param dataDir a data folder that no registry works on at the time of a check */
export function watchStoredBlobs(dataDir: string): StoredBlobs {
  const seen = new Map<string, string>();
  return {
    has: (digest) => existsSync(join(dataDir, 'blobs', algorithmOf(digest), hexOf(digest).slice(0, 2), hexOf(digest))),
    async check() {
      for (const algorithm of ALGORITHMS) {
        const folder = join(dataDir, 'blobs', algorithm);
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        for (const entry of entries)
          if (entry.isFile()) await checkFile(algorithm, join(entry.parentPath, entry.name), entry.name, seen);
      }
    },
  };
}

async function checkFile(
  algorithm: DigestAlgorithm,
  path: string,
  hex: string,
  seen: Map<string, string>,
): Promise<void> {
  const { ino, size, mtimeMs } = await stat(path);
  const version = `${ino} ${size} ${mtimeMs}`;
  if (seen.get(path) === version) return;
  const digest = toDigest(algorithm, hex);
  if (parseDigest(digest) === undefined) throw new Error(`${path} is no blob's name.`);
  if (digestOf(await readFile(path), algorithm) !== digest)
    throw new Error(`${path} has ${size} bytes that are not its digest's.`);
  seen.set(path, version);
}
