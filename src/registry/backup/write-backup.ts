/** Writes a backup: a database, and the contents that it names. */
import { type Digest, type DigestAlgorithm, algorithmOf, startDigest } from '../../oci/digest.ts';
import type { BlobReader } from '../core/ports.ts';
import { BEGINNING, type BackupEnd, DATABASE, END, FORMAT, pathOfBlob } from './entries.ts';
import { BLOCK, gapAfter, writeHeader } from './tar-header.ts';

/** Takes bytes; they may change as soon as it resolves. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/** What goes into a backup. */
export interface BackupParts {
  readonly database: BlobReader;
  /** What the database names. */
  readonly contents: Iterable<{ readonly digest: Digest; readonly size: number }>;
  /** @returns undefined when the bytes are not there */
  readonly open: (digest: Digest) => Promise<BlobReader | undefined>;
  /** Whether an earlier backup has it. */
  readonly isEarlier: (digest: Digest) => boolean;
}

/** What came of it. */
export interface BackupReport {
  /** Contents that are in it. */
  readonly blobs: number;
  /** Bytes of those. */
  readonly bytes: number;
  /** Contents that earlier backups have. */
  readonly earlier: number;
  /** Contents that the registry has lost, or that are not what they should be. */
  readonly lost: readonly Digest[];
}

/**
 * Writes it as a tar archive. Every content is hashed on the way.
 * @throws the sink's errors; StorageError `damaged` when a file gets shorter while it is read
 */
export async function writeBackup(parts: BackupParts, sink: Sink): Promise<BackupReport> {
  await writeText(sink, BEGINNING, JSON.stringify({ format: FORMAT }));
  const database = await writeContent(sink, DATABASE, parts.database, 'sha256');
  const report = await writeContents(parts, sink);
  const end: BackupEnd = { database, lost: report.lost };
  await writeText(sink, END, JSON.stringify(end));
  await sink(Buffer.alloc(2 * BLOCK));
  return report;
}

async function writeContents({ contents, open, isEarlier }: BackupParts, sink: Sink): Promise<BackupReport> {
  const lost: Digest[] = [];
  let [blobs, bytes, earlier] = [0, 0, 0];
  for (const { digest, size } of contents) {
    if (isEarlier(digest)) {
      earlier += 1;
      continue;
    }
    await using reader = await open(digest);
    if (
      reader?.size !== size ||
      (await writeContent(sink, pathOfBlob(digest), reader, algorithmOf(digest))) !== digest
    ) {
      lost.push(digest);
      continue;
    }
    blobs += 1;
    bytes += size;
  }
  return { blobs, bytes, earlier, lost };
}

/** @returns the digest of what was written */
async function writeContent(sink: Sink, path: string, reader: BlobReader, algorithm: DigestAlgorithm): Promise<Digest> {
  const running = startDigest(algorithm);
  await sink(writeHeader({ path, size: reader.size }));
  for await (const chunk of reader.chunks(0, reader.size)) {
    running.update(chunk);
    await sink(chunk);
  }
  await sink(Buffer.alloc(gapAfter(reader.size)));
  return running.finish();
}

async function writeText(sink: Sink, path: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  await sink(Buffer.concat([writeHeader({ path, size: bytes.length }), bytes, Buffer.alloc(gapAfter(bytes.length))]));
}
