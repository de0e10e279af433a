/** How writes share transactions and fail apart. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { GroupCommit, type GroupCommitOptions } from '../../../src/registry/metadata/group-commit.ts';
import { type CommitSync, NO_SYNC } from '../../../src/registry/metadata/wal-sync.ts';

function openGroup(options: Partial<GroupCommitOptions> = {}) {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE entry (name TEXT PRIMARY KEY, bytes BLOB) STRICT');
  const transactions = { count: 0 };
  const commits = new GroupCommit({
    database,
    sync: NO_SYNC,
    afterCommit: () => transactions.count++,
    ...options,
  });
  const insert = database.prepare('INSERT INTO entry (name, bytes) VALUES (?, ?)');
  const add = (name: string, bytes: Uint8Array | null = null): Promise<string> =>
    commits.run(() => {
      insert.run(name, bytes);
      return name;
    });
  const names = (): unknown[] =>
    database
      .prepare('SELECT name FROM entry ORDER BY name')
      .all()
      .map(({ name }) => name);
  return { database, commits, transactions, add, names };
}

/** A sync that ends when the test says so. */
function manualSync() {
  const end = Promise.withResolvers<void>();
  const seen = { commits: 0 };
  const sync: CommitSync = { committed: () => void seen.commits++, settled: () => end.promise };
  return { sync, end, seen };
}

async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'fulfilled' | 'rejected'> {
  let state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  promise.then(
    () => (state = 'fulfilled'),
    () => (state = 'rejected'),
  );
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  return state;
}

function spin(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

describe('groups', () => {
  it('writes what was queued in one turn in one transaction, in order', async () => {
    const { add, names, transactions } = openGroup();
    expect(await Promise.all(['a', 'b', 'c'].map((name) => add(name)))).toEqual(['a', 'b', 'c']);
    expect(transactions.count).toBe(1);
    await add('d');
    expect(transactions.count).toBe(2);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets the event loop have its turn when a group takes long', async () => {
    const { commits, transactions, database } = openGroup();
    const insert = database.prepare('INSERT INTO entry (name) VALUES (?)');
    const order: number[] = [];
    const writes = Array.from({ length: 12 }, (_, index) =>
      commits.run(() => {
        spin(0.2);
        insert.run(`${index}`);
        order.push(index);
      }),
    );
    await Promise.all(writes);
    expect(transactions.count).toBeGreaterThan(2);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(order).toHaveLength(12);
  });

  it('counts no transaction that changed nothing', async () => {
    const { commits, transactions } = openGroup();
    expect(await commits.run(() => 'refused')).toBe('refused');
    expect(transactions.count).toBe(0);
  });
});

describe('failures', () => {
  it('fail alone, whichever place in the group they have', async () => {
    for (const place of [0, 1, 2, 3]) {
      const { add, names } = openGroup();
      await add('taken');
      const wanted = ['a', 'b', 'c'];
      const group = wanted.toSpliced(place, 0, 'taken');
      const results = await Promise.allSettled(group.map((name) => add(name)));
      expect(results.map(({ status }) => status)).toEqual(
        group.map((name) => (name === 'taken' ? 'rejected' : 'fulfilled')),
      );
      expect(names()).toEqual([...wanted, 'taken']);
    }
  });

  it('leave nothing of their own behind', async () => {
    const { add, commits, database, names } = openGroup();
    const insert = database.prepare('INSERT INTO entry (name) VALUES (?)');
    const failing = commits.run(() => {
      insert.run('half');
      throw new RangeError('a fault of the program');
    });
    const neighbour = add('whole');
    await expect(failing).rejects.toThrow(RangeError);
    await neighbour;
    expect(names()).toEqual(['whole']);
  });

  it('of a full disk are told as ENOSPC, and writing goes on when there is space', async () => {
    const { add, database, names } = openGroup();
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() ?? {};
    database.exec(`PRAGMA max_page_count = ${Number(pages) + 2}`);
    const results = await Promise.allSettled([add('small'), add('large', new Uint8Array(100_000)), add('other')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'ENOSPC', cause: { errcode: 13 } } });
    expect(names()).toEqual(['other', 'small']);
    database.exec('PRAGMA max_page_count = 1000');
    await add('large', new Uint8Array(100_000));
    expect(names()).toEqual(['large', 'other', 'small']);
  });
});

describe('syncs', () => {
  it('are waited for before a write is answered, but not by what need not survive a power cut', async () => {
    const { sync, end, seen } = manualSync();
    const { add, commits, database, names } = openGroup({ sync });
    const insert = database.prepare('INSERT INTO entry (name) VALUES (?)');
    const synced = add('synced');
    const unsynced = commits.runUnsynced(() => void insert.run('unsynced'));
    expect(await stateOf(unsynced)).toBe('fulfilled');
    expect(await stateOf(synced)).toBe('pending');
    expect(names()).toEqual(['synced', 'unsynced']);
    expect(seen.commits).toBe(1);
    end.resolve();
    expect(await synced).toBe('synced');
  });

  it('are waited for by a write that found its work done by one not yet synced', async () => {
    const { sync, end, seen } = manualSync();
    const { add, commits } = openGroup({ sync });
    const first = add('a');
    const second = commits.run(() => 'there already');
    expect(await stateOf(second)).toBe('pending');
    end.resolve();
    await first;
    expect(await second).toBe('there already');
    expect(seen.commits).toBe(1);
  });

  it('that fail reject the writes that wait for them', async () => {
    const { sync, end } = manualSync();
    const { add, commits } = openGroup({ sync });
    const writes = Promise.allSettled([add('a'), add('b')]);
    expect(await commits.runUnsynced(() => 'fine')).toBe('fine');
    end.reject(Object.assign(new Error('disk'), { code: 'EIO' }));
    expect(await writes).toMatchObject([{ reason: { code: 'EIO' } }, { reason: { code: 'EIO' } }]);
  });
});

describe('holding', () => {
  it('lets nothing be written meanwhile, and everything afterwards', async () => {
    const { add, commits, names } = openGroup();
    const before = add('before');
    const work = Promise.withResolvers<string>();
    const held = commits.hold(() => work.promise);
    const during = add('during');
    expect(await stateOf(during)).toBe('pending');
    expect(names()).toEqual([]);
    work.resolve('done');
    expect(await held).toBe('done');
    await Promise.all([before, during]);
    expect(names()).toEqual(['before', 'during']);
  });

  it('ends when the work fails', async () => {
    const { add, commits } = openGroup();
    await expect(commits.hold(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await add('a')).toBe('a');
  });

  it('delays closing', async () => {
    const { add, commits } = openGroup();
    const work = Promise.withResolvers<void>();
    const held = commits.hold(() => work.promise);
    const write = add('a');
    const closed = commits[Symbol.asyncDispose]();
    expect(await stateOf(closed)).toBe('pending');
    work.resolve();
    await Promise.all([held, closed]);
    expect(await write).toBe('a');
    await expect(add('b')).rejects.toThrow('closed');
  });
});
