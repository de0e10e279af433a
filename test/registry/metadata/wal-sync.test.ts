/** When commits are told to be safe. */
import { describe, expect, it } from 'vitest';
import { WalSync } from '../../../src/registry/metadata/wal-sync.ts';

/** A disk whose syncs end when the test says so. */
function slowDisk() {
  const started: PromiseWithResolvers<void>[] = [];
  const datasync = (): Promise<void> => {
    const sync = Promise.withResolvers<void>();
    started.push(sync);
    return sync.promise;
  };
  return { started, datasync };
}

async function isSettled(promise: Promise<void> | undefined): Promise<boolean> {
  let settled = false;
  promise?.then(
    () => (settled = true),
    () => (settled = true),
  );
  await new Promise(setImmediate);
  return settled;
}

describe('syncing the log', () => {
  it('syncs once for what an earlier process left, then not without a commit', async () => {
    const { started, datasync } = slowDisk();
    const sync = new WalSync(datasync);
    const first = sync.settled();
    expect(started).toHaveLength(1);
    started[0]?.resolve();
    await first;
    expect(sync.settled()).toBeUndefined();
    expect(started).toHaveLength(1);
  });

  it('covers with one sync all commits made before it started', async () => {
    const { started, datasync } = slowDisk();
    const sync = new WalSync(datasync);
    sync.committed();
    sync.committed();
    const waits = [sync.settled(), sync.settled()];
    expect(started).toHaveLength(1);
    started[0]?.resolve();
    for (const wait of waits) await wait;
    expect(sync.settled()).toBeUndefined();
  });

  it('lets commits made during a sync wait for the next, which they share', async () => {
    const { started, datasync } = slowDisk();
    const sync = new WalSync(datasync);
    const before = sync.settled();
    sync.committed();
    const during = sync.settled();
    sync.committed();
    const later = sync.settled();
    expect(started).toHaveLength(1);
    started[0]?.resolve();
    await before;
    expect(await isSettled(during)).toBe(false);
    expect(started).toHaveLength(2);
    started[1]?.resolve();
    await Promise.all([during, later]);
    expect(started).toHaveLength(2);
    expect(sync.settled()).toBeUndefined();
  });

  it('does not take a commit for safe that was made during a sync and waited for by nobody', async () => {
    const { started, datasync } = slowDisk();
    const sync = new WalSync(datasync);
    const first = sync.settled();
    sync.committed();
    started[0]?.resolve();
    await first;
    expect(sync.settled()).toBeDefined();
    expect(started).toHaveLength(2);
  });

  it('never has two syncs under way, and misses no commit', async () => {
    let running = 0;
    let covered = 0;
    let committed = 0;
    const sync = new WalSync(async () => {
      running++;
      expect(running).toBe(1);
      const covers = committed;
      await new Promise(setImmediate);
      covered = covers;
      running--;
    });
    const commitAndWait = async (turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      const mine = ++committed;
      sync.committed();
      await sync.settled();
      expect(covered).toBeGreaterThanOrEqual(mine);
    };
    await Promise.all(Array.from({ length: 60 }, (_, index) => commitAndWait(index % 13)));
  });

  it('does not trust the disk again after a sync failed', async () => {
    const { started, datasync } = slowDisk();
    const sync = new WalSync(datasync);
    const first = sync.settled();
    sync.committed();
    const next = sync.settled();
    started[0]?.reject(new Error('EIO'));
    await expect(first).rejects.toThrow('EIO');
    await expect(next).rejects.toThrow('EIO');
    sync.committed();
    await expect(sync.settled()).rejects.toThrow('EIO');
    expect(started).toHaveLength(1);
  });
});
