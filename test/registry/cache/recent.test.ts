/** The map of what was used recently, against a plain model. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recent } from '../../../src/registry/cache/recent.ts';

type Step = readonly ['get' | 'delete', string] | readonly ['set', string, number] | readonly ['clear'];

/** The same, as a list in the order of use, the latest last. */
class Model {
  entries: [string, number][] = [];
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): number | undefined {
    const found = this.entries.find(([name]) => name === key);
    if (found === undefined) return undefined;
    this.entries = [...this.entries.filter((entry) => entry !== found), found];
    return found[1];
  }

  set(key: string, value: number): void {
    this.delete(key);
    if (value > this.#max) return;
    this.entries.push([key, value]);
    while (this.entries.reduce((sum, [, weight]) => sum + weight, 0) > this.#max) this.entries.shift();
  }

  delete(key: string): void {
    this.entries = this.entries.filter(([name]) => name !== key);
  }
}

describe('Recent', () => {
  it('keeps what a plain model keeps', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.tuple(fc.constant('get' as const), key),
      fc.tuple(fc.constant('delete' as const), key),
      fc.tuple(fc.constant('set' as const), key, fc.nat(12)),
      fc.constant(['clear'] as const),
    );
    fc.assert(
      fc.property(fc.nat(20), fc.array(step, { maxLength: 40 }), (max, steps) => {
        const recent = new Recent<number>({ max, weigh: (value) => value });
        const model = new Model(max);
        for (const [kind, name = '', value = 0] of steps) {
          if (kind === 'get') expect(recent.get(name)).toBe(model.get(name));
          else if (kind === 'set') {
            recent.set(name, value);
            model.set(name, value);
          } else if (kind === 'delete') {
            recent.delete(name);
            model.delete(name);
          } else {
            recent.clear();
            model.entries = [];
          }
        }
        for (const name of ['a', 'b', 'c', 'd']) expect(recent.get(name)).toBe(model.get(name));
      }),
      { numRuns: 2_000 },
    );
  });
});
