/** The measure of what is stored: once for all who ask, and again when it is old. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { type Measured, measureStorage } from '../../../src/registry/metrics/storage-measure.ts';
import { newUpload, repositoryName } from '../../support/contracts/metadata-samples.ts';

const MINUTE_MS = 60_000;

function valuesOf(families: Awaited<ReturnType<ReturnType<typeof measureStorage>>>): (number | undefined)[] {
  return families.map(({ samples }) => samples[0]?.value);
}

it('walks over everything, and is taken again when it is old', async () => {
  await using metadata = await openSqliteMetadata({ path: ':memory:', durability: 'fast' });
  let time = 0;
  const measure = measureStorage(metadata, { now: () => new Date(time) });
  expect(valuesOf(await measure())).toEqual([0, 0, 0]);
  for (const name of ['a', 'b'])
    await Promise.all(
      Array.from({ length: 700 }, (_, at) => metadata.linkBlob(repositoryName(name), digestOf(`blob ${at}`), 3)),
    );
  await metadata.beginUpload(newUpload('a'));
  time = MINUTE_MS - 1;
  expect(valuesOf(await measure())).toEqual([0, 0, 0]);
  time = MINUTE_MS;
  expect(valuesOf(await measure())).toEqual([700, 2_100, 1]);
  // The clock was set back.
  time = -MINUTE_MS;
  await metadata.linkBlob(repositoryName('a'), digestOf('new'), 1);
  expect(valuesOf(await measure())).toEqual([701, 2_101, 1]);
});

it('is taken once for all who ask at the same time, and again after it failed', async () => {
  let asked = 0;
  let isBroken = true;
  const metadata: Measured = {
    async measureBlobs() {
      asked += 1;
      if (isBroken) throw new Error('The disk does not answer.');
      return { blobs: 1, bytes: 2, next: undefined };
    },
    listUploads: async () => [],
  };
  const measure = measureStorage(metadata, { now: () => new Date(0) });
  await expect(measure()).rejects.toThrow('does not answer');
  isBroken = false;
  const all = await Promise.all([measure(), measure(), measure()]);
  expect(all.map(valuesOf)).toEqual([1, 2, 3].map(() => [1, 2, 0]));
  expect(asked).toBe(2);
});
