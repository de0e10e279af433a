/** When collections happen. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type GcReport, newTally } from '../../../src/registry/gc/report.ts';
import { createGcSchedule } from '../../../src/registry/gc/schedule.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const REPORT: GcReport = { ...newTally(), isDryRun: false, keptUntil: undefined, milliseconds: 1 };
const REQUEST = { isDryRun: true, deleteUntagged: true };
const HOUR = 3_600_000;

it('collects every so often, also after one that failed', async () => {
  const collect = vi.fn<() => Promise<GcReport>>(() => Promise.reject(new Error('no')));
  await using _schedule = createGcSchedule(HOUR, collect);
  await vi.advanceTimersByTimeAsync(HOUR - 1);
  expect(collect).toHaveBeenCalledTimes(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(collect).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(collect).toHaveBeenCalledTimes(2);
});

it('collects soon after many deletions, and only when somebody asks if it is switched off', async () => {
  for (const interval of [HOUR, 0]) {
    const collect = vi.fn<(...request: unknown[]) => Promise<GcReport>>(async () => REPORT);
    await using schedule = createGcSchedule(interval, collect);
    for (let count = 0; count < 99; count++) schedule.noteRemoval();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(collect).toHaveBeenCalledTimes(0);
    schedule.noteRemoval();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(collect).toHaveBeenCalledTimes(interval === 0 ? 0 : 1);
    expect(await schedule.collect(REQUEST)).toBe(REPORT);
    expect(collect).toHaveBeenLastCalledWith(REQUEST, expect.any(AbortSignal));
  }
});

it('does one at a time, and breaks off at the end', async () => {
  const events: string[] = [];
  let number = 0;
  const schedule = createGcSchedule(0, (_request, signal) => {
    const name = ++number;
    events.push(`begin ${name}`);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        events.push(`end ${name}`);
        reject(signal.reason as Error);
      });
    });
  });
  const asked = [schedule.collect(REQUEST), schedule.collect(REQUEST)];
  const outcomes = Promise.allSettled(asked);
  await new Promise(setImmediate);
  await schedule[Symbol.asyncDispose]();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(events).toEqual(['begin 1', 'end 1']);
});

it('waits while somebody holds it off, one behind the other, and ends all the same', async () => {
  const events: string[] = [];
  const schedule = createGcSchedule(0, async () => {
    events.push('collected');
    return REPORT;
  });
  const first = await schedule.hold();
  const collecting = schedule.collect(REQUEST);
  const second = schedule.hold();
  await new Promise(setImmediate);
  expect(events).toEqual([]);
  first[Symbol.dispose]();
  await collecting;
  await second;
  const late = Promise.allSettled([schedule.collect(REQUEST), schedule.hold()]);
  await schedule[Symbol.asyncDispose]();
  expect((await late).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(events).toEqual(['collected']);
});
