/** Work side by side. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { DevregError } from '../../src/errors.ts';
import { openTogether } from '../../src/workflows/together.ts';

async function untilAborted(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw new Error('ended in the middle');
}

describe('work side by side', () => {
  it('gives what each of it gives', async () => {
    await using together = openTogether(new AbortController().signal);
    const one = together.begin(() => Promise.resolve(1));
    const two = together.begin(async () => (await one) + 1);
    expect(await two).toBe(2);
  });

  it('ends all of it at the first failure, which is what everybody sees', async () => {
    await using together = openTogether(new AbortController().signal);
    const waiting = together.begin(untilAborted);
    const failing = together.begin(() => Promise.reject(new Error('the disk is full')));
    await expect(waiting).rejects.toThrow('the disk is full');
    await expect(failing).rejects.toThrow('the disk is full');
    expect(together.signal.aborted).toBe(true);
  });

  it('ends when it is told to from outside, with that reason', async () => {
    const controller = new AbortController();
    await using together = openTogether(controller.signal);
    const waiting = together.begin(untilAborted);
    controller.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });

  it('lets what ran out of time say why, but not what was interrupted', async () => {
    for (const [kind, seen] of [
      ['timeout', 'the pod crashes'],
      ['interrupted', 'from outside'],
    ] as const) {
      const controller = new AbortController();
      await using together = openTogether(controller.signal);
      const waiting = together.begin(async (signal) => {
        await once(signal, 'abort');
        throw new DevregError('timeout', 'SLOW', 'the pod crashes');
      });
      controller.abort(new DevregError(kind, 'OUTSIDE', 'from outside'));
      await expect(waiting).rejects.toThrow(seen);
    }
  });

  it('is over when it has been disposed of, whether or not anybody awaited it', async () => {
    let isOver = false;
    {
      await using together = openTogether(new AbortController().signal);
      void together.begin(async (signal) => {
        await once(signal, 'abort');
        isOver = true;
        throw new Error('nobody hears this');
      });
    }
    expect(isOver).toBe(true);
  });
});
