/** Values that are there are passed on at once, others when they come. */
import { expect, it } from 'vitest';
import { andThen } from '../../../src/registry/core/maybe-promise.ts';

it('goes on at once with what is there', () => {
  expect(andThen(1, (one) => one + 1)).toBe(2);
  expect(() =>
    andThen(1, () => {
      throw new RangeError('no');
    }),
  ).toThrow(RangeError);
});

it('goes on later with what comes later', async () => {
  const later = andThen(Promise.resolve(1), (one) => one + 1);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toBe(2);
  await expect(
    andThen(Promise.resolve(1), () => {
      throw new RangeError('no');
    }),
  ).rejects.toThrow(RangeError);
});

it('takes what comes later from the next step as well', async () => {
  expect(await andThen(1, async (one) => one + 1)).toBe(2);
});
