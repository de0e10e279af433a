/** Moving blobs: how many at the same time, of which length. */
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createBlobMover } from '../../src/copy/blob-mover.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_LAYER } from '../../src/oci/media-types.ts';
import { createMemoryImagePlace } from '../support/fakes/memory-image-place.ts';

const never = new AbortController().signal;
const SMALL = 1_000;
const LONG = 100_000_000;

it.each([
  [8, { small: 4, long: 4 }],
  [4, { small: 2, long: 2 }],
  [1, { small: 1, long: 1 }],
])('has %d under way, and of long ones few', async (parallel, most) => {
  const open = { small: 0, long: 0 };
  const seen = { small: 0, long: 0, all: 0 };
  const target = createMemoryImagePlace({
    claimBlob: async () => undefined,
    async writeBlob({ size }) {
      const kind = size === SMALL ? 'small' : 'long';
      open[kind]++;
      seen.small = Math.max(seen.small, open.small);
      seen.long = Math.max(seen.long, open.long);
      seen.all = Math.max(seen.all, open.small + open.long);
      for (let turns = 0; turns < 20; turns++) await turn();
      open[kind]--;
    },
  });
  const source = createMemoryImagePlace({ openBlob: async () => Readable.from([]) });
  const mover = createBlobMover(source, target, parallel, {}, never);
  const sizes = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? LONG : SMALL));
  await Promise.all(
    sizes.map((size, index) => mover.move({ mediaType: OCI_LAYER, digest: digestOf(String(index)), size })),
  );
  expect(seen.all).toBe(parallel);
  expect(seen.long).toBe(most.long);
  expect(seen.small).toBeGreaterThanOrEqual(most.small);
  expect(mover.counts.copied).toBe(sizes.length);
});
