/** The clock of removals: a jump ahead is believed late, a jump back at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPatientClock } from '../../../src/registry/gc/patient-clock.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 5, 1);

/** A clock that can be set, and time that passes. */
function newClock() {
  let wall = NOW;
  let elapsed = 0;
  const clock = createPatientClock(
    { now: () => new Date(wall) },
    () => DAY,
    () => elapsed,
  );
  return {
    now: () => clock.now().getTime(),
    wall: () => wall,
    elapsed: () => elapsed,
    pass: (milliseconds: number) => {
      wall += milliseconds;
      elapsed += milliseconds;
    },
    jump: (milliseconds: number) => void (wall += milliseconds),
  };
}

describe('a patient clock', () => {
  it('goes with a clock that nobody sets, or sets by seconds', () => {
    const clock = newClock();
    for (let hour = 0; hour < 48; hour++) {
      clock.pass(HOUR);
      clock.jump(2_000);
      expect(clock.now()).toBe(clock.wall());
    }
  });

  it('believes a jump ahead when it has lasted', () => {
    const clock = newClock();
    clock.jump(30 * DAY);
    for (let hour = 0; hour < 24; hour++) {
      expect(clock.now()).toBe(NOW + hour * HOUR);
      clock.pass(HOUR);
    }
    expect(clock.now()).toBe(NOW + 31 * DAY);
  });

  it('never believes one that was taken back', () => {
    const clock = newClock();
    for (let round = 0; round < 5; round++) {
      clock.jump(2 * DAY);
      expect(clock.now()).toBe(NOW + round * 13 * HOUR);
      clock.pass(12 * HOUR);
      expect(clock.now()).toBe(NOW + round * 13 * HOUR + 12 * HOUR);
      clock.jump(-2 * DAY);
      clock.pass(HOUR);
      expect(clock.now()).toBe(clock.wall());
    }
  });

  it('believes a jump back at once, and the way back to the right time late', () => {
    const clock = newClock();
    clock.jump(-2 * DAY);
    expect(clock.now()).toBe(NOW - 2 * DAY);
    clock.jump(2 * DAY);
    expect(clock.now()).toBe(NOW - 2 * DAY);
    clock.pass(25 * HOUR);
    clock.now();
    clock.pass(25 * HOUR);
    expect(clock.now()).toBe(clock.wall());
  });

  it('makes nothing older than it is, however the clock is set', () => {
    const step = fc.record({ jump: fc.integer({ min: -40 * DAY, max: 40 * DAY }), pass: fc.nat(30 * HOUR) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = newClock();
        const made: { readonly stamp: number; readonly at: number }[] = [];
        for (const { jump, pass } of steps) {
          if (Math.abs(jump) > HOUR) clock.jump(jump);
          clock.now();
          made.push({ stamp: clock.wall(), at: clock.elapsed() });
          clock.pass(pass);
          const limit = clock.now() - DAY;
          for (const { stamp, at } of made) if (clock.elapsed() - at < DAY) expect(stamp).toBeGreaterThanOrEqual(limit);
        }
      }),
    );
  });
});
