/** Reading in long pieces: what one read brought stays as it is while others follow, on this socket and its neighbours. */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { type Content, blob, descriptorOf } from '../../support/images.ts';
import { startStub } from './support/stub-registry.ts';

const never = new AbortController().signal;

it('brings every byte of several blobs that are held while they come', async () => {
  const blobs = [3_000_000, 700_000, 65_536, 100].map((size) => blob(randomBytes(size)));
  await using stub = await startStub(({ path }) => ({
    body: blobs.find(({ digest }) => path.endsWith(digest))?.bytes ?? '',
  }));
  const client = stub.client();
  const read = async (content: Content) => {
    const stream: Readable = await client.openBlob('a', descriptorOf(content), never);
    const pieces = (await stream.toArray()) as Buffer[];
    expect(Buffer.concat(pieces).equals(content.bytes)).toBe(true);
  };
  // Twice: the second time connections are used again.
  for (const round of [blobs, blobs.toReversed()]) await Promise.all(round.map(read));
});
