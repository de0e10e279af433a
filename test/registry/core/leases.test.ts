/** Leases, holds and claims. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { createLeases, lookWithLease } from '../../../src/registry/core/leases.ts';

const A = digestOf('a');
const B = digestOf('b');
const TIME = 1_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

describe('a lease', () => {
  it('lasts for its time, whenever it is granted, and not for ever', () => {
    for (const before of [0, 1, TIME - 1, TIME, TIME + 1]) {
      using leases = createLeases(TIME);
      vi.advanceTimersByTime(before);
      expect(leases.grant(A)).toBe(true);
      vi.advanceTimersByTime(TIME - 1);
      expect(leases.isKept(A), `granted at ${before}`).toBe(true);
      vi.advanceTimersByTime(TIME + 1);
      expect(leases.isKept(A), `granted at ${before}`).toBe(false);
    }
  });

  it('is one for its own digest', () => {
    using leases = createLeases(TIME);
    leases.grant(A);
    expect([leases.isKept(A), leases.isKept(B)]).toEqual([true, false]);
  });

  it('is renewed, and says so', () => {
    using leases = createLeases(TIME);
    expect([leases.grant(A), leases.grant(A)]).toEqual([true, false]);
    vi.advanceTimersByTime(TIME);
    expect([leases.grant(A), leases.grant(A)]).toEqual([false, false]);
    vi.advanceTimersByTime(TIME);
    expect(leases.isKept(A)).toBe(true);
    vi.advanceTimersByTime(TIME);
    expect([leases.isKept(A), leases.grant(A)]).toEqual([false, true]);
  });

  it('of no time is none', () => {
    using leases = createLeases(0);
    expect([leases.grant(A), leases.isKept(A)]).toEqual([false, false]);
  });

  it('costs less than a microsecond', () => {
    using leases = createLeases(TIME);
    const digests = Array.from({ length: 1_000 }, (_, number) => digestOf(String(number)));
    const begun = performance.now();
    for (let round = 0; round < 200; round++) for (const digest of digests) leases.grant(digest);
    expect(performance.now() - begun).toBeLessThan(200);
  });
});

describe('looking with a lease', () => {
  it('looks again when what was found had no lease, since it may have gone meanwhile', async () => {
    using leases = createLeases(TIME);
    const answers = [A, undefined];
    expect(
      await lookWithLease(
        leases,
        async () => answers.shift(),
        (found) => found,
      ),
    ).toBeUndefined();
    expect(answers).toEqual([]);
  });

  it('grants a lease on what it tells, also when that moved between the looks', async () => {
    using leases = createLeases(TIME);
    const answers = [A, B, B, A];
    expect(
      await lookWithLease(
        leases,
        async () => answers.shift(),
        (found) => found,
      ),
    ).toBe(B);
    expect([leases.isKept(B), answers]).toEqual([true, [A]]);
  });

  it('looks once while there is a lease, and grants none on what is not there', async () => {
    using leases = createLeases(TIME);
    leases.grant(A);
    const look = vi.fn<() => Promise<Digest>>(async () => A);
    expect(await lookWithLease(leases, look, (found) => found)).toBe(A);
    expect(look).toHaveBeenCalledOnce();
    expect(
      await lookWithLease(
        leases,
        async () => undefined,
        () => B,
      ),
    ).toBeUndefined();
    expect(leases.isKept(B)).toBe(false);
  });
});

describe('a hold', () => {
  it('keeps a digest until the last one is released', async () => {
    using leases = createLeases(0);
    const [one, other] = [await leases.hold(A), await leases.hold(A)];
    expect(leases.claim(A)).toBeUndefined();
    one[Symbol.dispose]();
    expect([leases.isKept(A), leases.claim(A)]).toEqual([true, undefined]);
    other[Symbol.dispose]();
    expect(leases.isKept(A)).toBe(false);
    expect(leases.claim(A)).toBeDefined();
  });

  it('waits until a claim is over, and no second claim is given', async () => {
    using leases = createLeases(0);
    const claim = leases.claim(A);
    expect(leases.claim(A)).toBeUndefined();
    const events: string[] = [];
    const held = leases.hold(A).then(() => events.push('held'));
    await new Promise(setImmediate);
    events.push('released');
    claim?.[Symbol.dispose]();
    await held;
    expect(events).toEqual(['released', 'held']);
    expect(leases.claim(A)).toBeUndefined();
  });
});
