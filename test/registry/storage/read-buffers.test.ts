/** Buffers for reading are bounded, used again, and small for small ranges. */
import { expect, it } from 'vitest';
import { ReadBuffers } from '../../../src/registry/storage/read-buffers.ts';

const LARGE = 512 * 1024;

it('takes no more memory for a small range than it has', () => {
  const buffers = new ReadBuffers();
  expect(buffers.take(1)).toHaveLength(1);
  expect(buffers.take(10_000)).toHaveLength(10_000);
});

it('uses memory again', () => {
  const buffers = new ReadBuffers();
  const [one, other] = [buffers.take(LARGE), buffers.take(LARGE)];
  buffers.giveBack(one);
  expect(buffers.take(LARGE)).toBe(one);
  expect(one).not.toBe(other);
});

it('gives out a bounded number of large buffers, small ones beyond, and large ones again once they are back', () => {
  const buffers = new ReadBuffers();
  const taken = Array.from({ length: 200 }, () => buffers.take(LARGE));
  const total = taken.reduce((sum, buffer) => sum + buffer.length, 0);
  expect(total).toBeLessThanOrEqual(16 * 1024 * 1024 + 200 * 32 * 1024);
  expect(new Set(taken).size).toBe(200);
  expect(taken.at(-1)?.length).toBeLessThan(LARGE);
  for (const buffer of taken) buffers.giveBack(buffer);
  expect(buffers.take(LARGE)).toHaveLength(LARGE);
});

it('keeps at most 2 MiB while nobody reads', () => {
  const buffers = new ReadBuffers();
  const taken = Array.from({ length: 20 }, () => buffers.take(LARGE));
  for (const buffer of taken) buffers.giveBack(buffer);
  const kept = Array.from({ length: 20 }, () => buffers.take(LARGE)).filter((buffer) => taken.includes(buffer));
  expect(kept).toHaveLength(4);
});
