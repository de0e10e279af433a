/** Early syncs come with every few megabytes, one at a time in the whole store. */
import { expect, it } from 'vitest';
import { EarlySync, SyncTurn } from '../../../src/registry/storage/early-sync.ts';
import type { OpenFile } from '../../../src/registry/storage/file-system.ts';
import { PowerLossFileSystem } from '../../support/fakes/power-loss-file-system.ts';

const MEGABYTE = 1024 * 1024;

/** A file that counts its syncs, each of which waits to be let through. */
async function countedFile() {
  const file = await new PowerLossFileSystem().createFile('/file');
  if (file === undefined) throw new Error('the file is there already');
  const syncs: PromiseWithResolvers<void>[] = [];
  const counted: OpenFile = {
    ...file,
    sync: () => {
      const sync = Promise.withResolvers<void>();
      syncs.push(sync);
      return sync.promise;
    },
  };
  return { file: counted, syncs };
}

it('begins a sync after every few megabytes, once the one before is over', async () => {
  const { file, syncs } = await countedFile();
  const early = new EarlySync(file, new SyncTurn());
  early.wrote(7 * MEGABYTE);
  expect(syncs).toHaveLength(0);
  early.wrote(MEGABYTE);
  early.wrote(9 * MEGABYTE);
  expect(syncs).toHaveLength(1);
  syncs[0]?.resolve();
  await early.settle();
  early.wrote(1);
  expect(syncs).toHaveLength(2);
  syncs[1]?.resolve();
  await early.settle();
});

it('lets one file at a time have its turn', async () => {
  const turn = new SyncTurn();
  const [one, other] = [await countedFile(), await countedFile()];
  const [first, second] = [new EarlySync(one.file, turn), new EarlySync(other.file, turn)];
  first.wrote(8 * MEGABYTE);
  second.wrote(8 * MEGABYTE);
  expect([one.syncs.length, other.syncs.length]).toEqual([1, 0]);
  one.syncs[0]?.reject(new Error('the disk failed'));
  await expect(first.settle()).rejects.toThrow('the disk failed');
  second.wrote(1);
  expect(other.syncs).toHaveLength(1);
  other.syncs[0]?.resolve();
  await second.settle();
  await expect(first.settle()).rejects.toThrow('the disk failed');
});
