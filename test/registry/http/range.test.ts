/** Range and Content-Range. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RANGES_MAX } from '../../../src/registry/http/limits.ts';
import { formatUploadRange, parseContentRange, parseRange } from '../../../src/registry/http/range.ts';

interface Spec {
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/** A range as clients write them; `first-last`, `first-` or `-last`. */
const spec: fc.Arbitrary<Spec> = fc
  .tuple(fc.option(fc.nat(30), { nil: undefined }), fc.option(fc.nat(30), { nil: undefined }))
  .map(([first, last]) => ({ first, last: first === undefined ? (last ?? 0) : last }));

const print = ({ first, last }: Spec) => `${first ?? ''}-${last ?? ''}`;

/** Which bytes a range means, one by one. */
function bytesOf({ first, last }: Spec, size: number): number[] {
  const all = Array.from({ length: size }, (_, at) => at);
  if (first === undefined) return last === 0 ? [] : all.slice(-(last ?? 0));
  return all.filter((at) => at >= first && at <= (last ?? size));
}

describe('parseRange', () => {
  it('means the bytes that were asked for, and none besides', () => {
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 6 }), fc.nat(25), (specs, size) => {
        const result = parseRange(`bytes=${specs.map(print).join(', ')}`, size);
        const isBackwards = specs.some(({ first, last }) => first !== undefined && last !== undefined && last < first);
        const wanted = specs.map((one) => bytesOf(one, size));
        if (isBackwards) expect(result).toBe('unsatisfiable');
        else if (wanted.every((bytes) => bytes.length === 0))
          expect(result).toBe(size === 0 ? 'ignore' : 'unsatisfiable');
        else if (result !== 'ignore') {
          if (typeof result === 'string') throw new Error(result);
          const given = result.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at));
          expect(new Set(given)).toEqual(new Set(wanted.flat()));
          expect(given.length).toBeLessThanOrEqual(size);
        } else expect(wanted.flat().length).toBeGreaterThan(size);
      }),
      { numRuns: 3_000 },
    );
  });

  it('keeps the order of what it does not join', () => {
    expect(parseRange('bytes=10-11,0-1,4-5', 20)).toEqual([
      { start: 10, end: 12 },
      { start: 0, end: 2 },
      { start: 4, end: 6 },
    ]);
    expect(parseRange('bytes=0-1,2-3,6-', 20)).toEqual([
      { start: 0, end: 4 },
      { start: 6, end: 20 },
    ]);
  });

  it('takes so many ranges and no more', () => {
    const many = (count: number) =>
      `bytes=${Array.from({ length: count }, (_, at) => `${at * 2}-${at * 2}`).join(',')}`;
    expect(parseRange(many(RANGES_MAX), 10_000)).toHaveLength(RANGES_MAX);
    expect(parseRange(many(RANGES_MAX + 1), 10_000)).toBe('ignore');
  });

  it('never throws, and never leaves the content', () => {
    const rangeLike = fc
      .string({ unit: fc.constantFrom('0', '9', '-', ',', ' ', '=', 'b', '+', '.', 'e') })
      .map((text) => `bytes=${text}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), rangeLike), fc.nat(), (header, size) => {
        const result = parseRange(header, size);
        if (typeof result === 'string') return;
        for (const { start, end } of result) expect(start >= 0 && start < end && end <= size).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('parseContentRange', () => {
  const SPECIFIED = /^[0-9]+-[0-9]+$/;

  it('reads what the specification writes', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.constantFrom('', 'bytes ', 'bytes='),
        fc.constantFrom('', '/*', '/99'),
        (start, length, unit, size) => {
          expect(parseContentRange(`${unit}${start}-${start + length}${size}`)).toEqual({
            start,
            end: start + length + 1,
          });
        },
      ),
    );
  });

  it('agrees with the grammar about everything else', () => {
    const like = fc.string({ unit: fc.constantFrom('0', '1', '9', '-', '/', '*', ' ', 'b', '.', '+'), maxLength: 8 });
    fc.assert(
      fc.property(like, (text) => {
        const [first, last] = text.split('-').map(Number);
        const isRange = SPECIFIED.test(text) && (first ?? 0) <= (last ?? -1);
        const read = parseContentRange(text);
        if (isRange) expect(read).toEqual({ start: first, end: (last ?? 0) + 1 });
        else if (!/[/ ]/.test(text)) expect(read).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    '',
    '-',
    '0-',
    '-1',
    '2-1',
    '1-2-3',
    '0x1-2',
    `0-${'9'.repeat(17)}`,
    `0-${2 ** 53}`,
    'bytes */5',
    'lines 0-1',
    '1.0-2',
    '٠-١',
  ])('refuses %j', (text) => {
    expect(parseContentRange(text)).toBeUndefined();
  });
});

describe('formatUploadRange', () => {
  it('ends with the last byte, and never before the first', () => {
    expect([0, 1, 2, 5_000_000_000].map(formatUploadRange)).toEqual(['0-0', '0-0', '0-1', '0-4999999999']);
  });
});
