/** The extent of JSON texts, against the values they stand for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureJson } from '../../src/oci/json-extent.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';

const measure = (text: string) => measureJson(Buffer.from(text));

/** Depth and number of values, by walking the value. */
function walk(value: unknown): { readonly depth: number; readonly values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 1 };
  const children = Object.values(value).map(walk);
  return {
    depth: 1 + Math.max(0, ...children.map(({ depth }) => depth)),
    values: 1 + children.reduce((sum, { values }) => sum + values, 0),
  };
}

describe('measureJson', () => {
  it('finds the depth, and at least as many values as there are but for a few', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const { depth, values } = measure(JSON.stringify(value, undefined, space));
        const walked = walk(value);
        expect(depth).toBe(walked.depth);
        // Every list or object that is not empty has one value that no comma stands before.
        expect(values).toBeGreaterThanOrEqual(walked.values / 2);
        expect(values).toBeLessThanOrEqual(walked.values * 2);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['', 0, 1],
    ['"[{,"', 0, 1],
    [String.raw`"\"[{,\\"`, 0, 1],
    ['[]', 1, 2],
    ['{"a":[{"b":"]}"}]}', 3, 4],
    ['[1,2,3]', 1, 4],
  ])('of %s', (text, depth, values) => {
    expect(measure(text)).toEqual({ depth, values });
  });

  it('never throws, whatever the bytes, and takes little time', async () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void measureJson(bytes)));
    const texts = ['[', '\\', '"', '{"', ',', 'x'].map((text) =>
      Buffer.from(text.repeat(8 * 1024 * 1024).slice(0, 8 * 1024 * 1024)),
    );
    expect(await cpuTimeOf(async () => texts.forEach((text) => void measureJson(text)))).toBeLessThan(600);
  });
});
