/** How fast a scrub reads. */
import { expect, it } from 'vitest';
import { createRate } from '../../../src/registry/scrub/rate.ts';

it('waits as long as the bytes may take, and saves no time for later', async () => {
  let time = 0;
  const wait = async (milliseconds: number) => void (time += milliseconds);
  const pause = createRate(1_000, () => time, wait);
  for (let round = 0; round < 10; round++) await pause(100);
  expect(time).toBeGreaterThan(980);
  expect(time).toBeLessThanOrEqual(1_000);
  time += 60_000;
  const before = time;
  await pause(1_000);
  expect(time - before).toBeGreaterThan(980);
});
