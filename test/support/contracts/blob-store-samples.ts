/** What the tests of blob stores put in, and ways to put it in and to read it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Digest } from '../../../src/oci/digest.ts';
import { type RepositoryName, parseRepositoryName } from '../../../src/oci/repository.ts';
import type { BlobReader, BlobStore, UploadId } from '../../../src/registry/core/ports.ts';

export const HELLO = Buffer.from('hello');
/** More than two of a store's large reads, and no multiple of them. */
export const LARGE = randomBytes(1_200_000);

/** A new upload's name. */
export function newUploadId(): UploadId {
  return randomUUID() as string as UploadId;
}

/** A repository's name from a text that is one. */
export function repository(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name === undefined) throw new Error(`${text} is no repository name`);
  return name;
}

/** A source of these batches. */
export async function* sourceOf(...batches: (readonly Uint8Array[])[]): AsyncGenerator<readonly Uint8Array[]> {
  yield* batches;
}

/** A source of these bytes in batches of several pieces. */
export async function* piecesOf(bytes: Uint8Array, size = 65_536): AsyncGenerator<readonly Uint8Array[]> {
  for (let start = 0; start < bytes.length; start += 4 * size) {
    yield [0, 1, 2, 3].map((piece) => bytes.subarray(start + piece * size, start + (piece + 1) * size));
  }
}

/** All of a blob, or undefined when there is none. */
export async function readBlob(store: BlobStore, digest: Digest): Promise<Buffer | undefined> {
  await using reader = await store.open(digest);
  return reader === undefined ? undefined : await readRange(reader, 0, reader.size);
}

/** The bytes of a range. */
export async function readRange(reader: BlobReader, start: number, end: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of reader.chunks(start, end)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Every index by its repository's name, as text. */
export async function readIndexes(store: BlobStore): Promise<Map<string, string>> {
  const indexes = await Array.fromAsync(store.readIndexes());
  return new Map(indexes.map(({ repository: name, bytes }) => [name, Buffer.from(bytes).toString()]));
}

/** A blob that must be there, opened. */
export async function openBlob(store: BlobStore, digest: Digest): Promise<BlobReader> {
  const reader = await store.open(digest);
  if (reader === undefined) throw new Error(`${digest} is not there`);
  return reader;
}
