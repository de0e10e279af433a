/** Looks through everything that is stored: whether it is what it should be, and whether all of it is there. */
import { lstat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Digest } from '../../oci/digest.ts';
import { storagePaths } from '../storage/paths.ts';
import { checkBlob } from './check-blob.ts';
import type { Quarantine } from './quarantine.ts';
import type { Finding, ScrubReport } from './report.ts';
import { walkBlobs } from './walk.ts';

/** What is looked through, and how. */
export interface ScrubParts {
  readonly dataDir: string;
  readonly metadata: {
    contents(): Iterable<{ readonly digest: Digest }>;
    sizeOf(digest: Digest): number | undefined;
  };
  /** Undefined: everything stays where it is. */
  readonly quarantine: Quarantine | undefined;
  /** Awaited after each read, with its bytes. */
  readonly pause: (bytes: number) => Promise<void>;
}

/** Looks through files first and then through what the metadata name, as they are at that time. */
export async function scrub(parts: ScrubParts): Promise<ScrubReport> {
  const findings: Finding[] = [];
  let [blobs, bytes] = [0, 0];
  for await (const { path, digest } of walkBlobs(parts.dataDir)) {
    if (digest === undefined) {
      findings.push({ kind: 'foreign', path, digest, quarantined: await parts.quarantine?.take(path) });
      continue;
    }
    const checked = await checkBlob(join(parts.dataDir, path), digest, parts.pause);
    if (checked === undefined) continue;
    blobs += 1;
    bytes += checked.size;
    if (checked.isGood) continue;
    const kind = checked.size < (parts.metadata.sizeOf(digest) ?? 0) ? 'truncated' : 'damaged';
    findings.push({ kind, path, digest, quarantined: await parts.quarantine?.take(path, checked.inode) });
  }
  for await (const finding of findMissing(parts, new Set(findings.map(({ digest }) => digest)))) findings.push(finding);
  return { blobs, bytes, findings };
}

/** Bytes come before a repository has them and go after none has; so what still has none of them has lost them. */
async function* findMissing(
  { dataDir, metadata }: ScrubParts,
  known: ReadonlySet<string | undefined>,
): AsyncGenerator<Finding> {
  const paths = storagePaths(dataDir);
  for (const { digest } of metadata.contents()) {
    const { path } = paths.blob(digest);
    if (known.has(digest) || (await isThere(path))) continue;
    if (metadata.sizeOf(digest) === undefined || (await isThere(path))) continue;
    yield { kind: 'missing', path: relative(paths.root, path), digest, quarantined: undefined };
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
