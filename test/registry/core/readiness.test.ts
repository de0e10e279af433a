/** The check whether the registry takes writes: bounded, shared, and told of when it changes. */
import { describe, expect, it, vi } from 'vitest';
import { type Readiness, checkReadiness } from '../../../src/registry/core/readiness.ts';

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: /secret`), { code });
}

describe('readiness', () => {
  it('is tried once for all who ask within its time', async () => {
    const storage = vi.fn<() => Promise<void>>(async () => undefined);
    const check = checkReadiness({ storage }, () => undefined, { goodFor: 60_000, patience: 60_000 });
    const answers = await Promise.all(Array.from({ length: 1_000 }, check));
    await check();
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set(['{}']));
    expect(storage).toHaveBeenCalledOnce();
  });

  it('is tried again afterwards, and told of when it is another', async () => {
    let problem: Error | undefined;
    const changes: Readiness[] = [];
    const storage = async () => {
      if (problem !== undefined) throw problem;
    };
    const database = async () => undefined;
    const check = checkReadiness({ database, storage }, (one) => changes.push(one), { goodFor: 0, patience: 60_000 });
    expect(await check()).toEqual({});
    problem = failure('ENOSPC');
    expect(await check()).toEqual({ storage: 'no space left' });
    expect(await check()).toEqual({ storage: 'no space left' });
    problem = failure('EROFS');
    expect(await check()).toEqual({ storage: 'read-only' });
    problem = new Error('something of the inside');
    expect(await check()).toEqual({ storage: 'failed' });
    problem = undefined;
    expect(await check()).toEqual({});
    expect(changes).toEqual([{ storage: 'no space left' }, { storage: 'read-only' }, { storage: 'failed' }, {}]);
  });

  it('does not wait for what hangs, and does not begin it twice', async () => {
    const hanging = Promise.withResolvers<void>();
    const storage = vi.fn<() => Promise<void>>(() => hanging.promise);
    const check = checkReadiness({ storage }, () => undefined, { goodFor: 0, patience: 5 });
    expect(await check()).toEqual({ storage: 'no answer within 5 ms' });
    expect(await check()).toEqual({ storage: 'no answer within 5 ms' });
    expect(storage).toHaveBeenCalledOnce();
    hanging.resolve();
    await hanging.promise;
    await vi.waitFor(async () => expect(await check()).toEqual({}));
  });

  it('survives a trial that throws at once', async () => {
    const storage = () => {
      throw failure('EIO');
    };
    expect(await checkReadiness({ storage }, () => undefined)()).toEqual({ storage: 'input/output error' });
  });
});
