/** Some work for each of many things. */
import { expect, it } from 'vitest';
import { inParallel } from '../../../src/workflows/images/in-parallel.ts';

const { signal } = new AbortController();

it('gives results in the order of the things, with so many under way', async () => {
  let [now, most] = [0, 0];
  const gates = Array.from({ length: 6 }, () => Promise.withResolvers<void>());
  const all = inParallel([0, 1, 2, 3, 4, 5], 3, signal, async (thing) => {
    most = Math.max(most, ++now);
    // Each waits for the next one, as far as there is room for both.
    gates[thing]?.resolve();
    await gates[thing % 3 === 2 ? thing : thing + 1]?.promise;
    now--;
    return thing * 2;
  });
  expect(await all).toEqual([0, 2, 4, 6, 8, 10]);
  expect(most).toBe(3);
});

it('ends everything at the first failure, and begins nothing more', async () => {
  const begun: number[] = [];
  const work = inParallel([0, 1, 2, 3], 2, signal, async (thing, inner) => {
    begun.push(thing);
    if (thing === 1) throw new Error('broken');
    await new Promise((_, reject) => inner.addEventListener('abort', () => reject(inner.reason)));
  });
  await expect(work).rejects.toThrow('broken');
  expect(begun).toEqual([0, 1]);
});

it('ends with the reason of the signal', async () => {
  const controller = new AbortController();
  const work = inParallel([0], 1, controller.signal, async (_, inner) => {
    controller.abort(new Error('interrupted'));
    inner.throwIfAborted();
  });
  await expect(work).rejects.toThrow('interrupted');
});
