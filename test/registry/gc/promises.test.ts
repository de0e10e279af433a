/** What is known of the leases of earlier processes. */
import { expect, it } from 'vitest';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import { beginPromises, findEarlierPromises } from '../../../src/registry/gc/promises.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';

const NOW = new Date('2026-11-21T10:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const after = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
const open = () => openSqliteMetadata({ path: ':memory:', durability: 'fast' });
const none = (error: unknown) => {
  throw error;
};

/** The end that a process finds that is started so much later. */
async function foundAfter(metadata: Metadata, milliseconds: number, lease = HOUR): Promise<Date | undefined> {
  const { end } = await findEarlierPromises(metadata, { now: () => after(milliseconds) }, lease);
  return end();
}

it('are over a lease after a clean end', async () => {
  await using metadata = await open();
  const promises = await beginPromises(metadata, { now: () => NOW }, HOUR, none);
  await promises[Symbol.asyncDispose]();
  expect(await foundAfter(metadata, MINUTE)).toEqual(after(HOUR));
  expect(await foundAfter(metadata, HOUR)).toBeUndefined();
});

it('are over a lease after somebody looked, when the process died, however often somebody looks', async () => {
  await using metadata = await open();
  await metadata.notePromiseEnd(after(-HOUR));
  await beginPromises(metadata, { now: () => NOW }, HOUR, none);
  expect(await foundAfter(metadata, 5 * HOUR)).toEqual(after(6 * HOUR));
  expect(await foundAfter(metadata, 5.5 * HOUR)).toEqual(after(6 * HOUR));
  expect(await foundAfter(metadata, 6 * HOUR)).toBeUndefined();
});

it('of a process before the last one still count, also when its leases were longer', async () => {
  await using metadata = await open();
  await metadata.notePromiseEnd(after(HOUR));
  await using promises = await beginPromises(metadata, { now: () => NOW }, MINUTE, none);
  expect(promises.end()).toEqual(after(HOUR));
  await promises[Symbol.asyncDispose]();
  expect(await metadata.findPromiseEnd()).toEqual(after(HOUR));
});

it('do not last for years when the clock was wrong', async () => {
  await using metadata = await open();
  await metadata.notePromiseEnd(new Date('2099-01-01T00:00:00Z'));
  expect(await foundAfter(metadata, 0)).toEqual(after(24 * HOUR));
});

it('are taken for those of a process that died when nothing can be noted', async () => {
  await using metadata = await open();
  const problems: unknown[] = [];
  const full: Metadata = { ...metadata, notePromiseEnd: () => Promise.reject(new Error('disk full')) };
  const promises = await beginPromises(full, { now: () => NOW }, HOUR, (error) => problems.push(error));
  await promises[Symbol.asyncDispose]();
  expect(problems).toHaveLength(1);
  expect(await metadata.findPromiseEnd()).toBe('open');
});
