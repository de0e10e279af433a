/** The map of what was used recently, against a plain model. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recent } from '../../../src/registry/cache/recent.ts';

type Step = readonly ['get' | 'delete', string] | readonly ['set', string, number] | readonly ['clear'];

/** What was set last under each key, and how much was used since the key was. */
class Model {
  readonly #max: number;
  readonly #entries = new Map<string, { readonly value: number; usedSince: number }>();

  constructor(max: number) {
    this.#max = max;
  }

  value(key: string): number | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Whether it was used so recently that it must be there. */
  mustBeThere(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.usedSince <= this.#max / 2;
  }

  use(key: string, value: number): void {
    for (const entry of this.#entries.values()) entry.usedSince += value;
    this.#entries.set(key, { value, usedSince: 0 });
  }

  set(key: string, value: number): void {
    if (value <= this.#max / 2) this.use(key, value);
    else this.delete(key);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

const KEYS = ['a', 'b', 'c', 'd'];

/** Looks, and holds what is found against the model. @returns the weight of what is there */
function look(recent: Recent<number>, model: Model, key: string): number {
  const found = recent.get(key);
  if (found === undefined) {
    expect(model.mustBeThere(key)).toBe(false);
    model.delete(key);
    return 0;
  }
  expect(found).toBe(model.value(key));
  model.use(key, found);
  return found;
}

describe('Recent', () => {
  it('gives what was set last, keeps what was used recently, and no more than its weight', () => {
    const key = fc.constantFrom(...KEYS);
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(fc.constant('get' as const), key) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('delete' as const), key) },
      { weight: 4, arbitrary: fc.tuple(fc.constant('set' as const), key, fc.integer({ min: 1, max: 12 })) },
      { weight: 1, arbitrary: fc.constant(['clear'] as const) },
    );
    fc.assert(
      fc.property(fc.nat(40), fc.array(step, { maxLength: 40 }), (max, steps) => {
        const recent = new Recent<number>({ max, weigh: (value) => value });
        const model = new Model(max);
        for (const [kind, name = '', value = 0] of steps) {
          if (kind === 'get') look(recent, model, name);
          else if (kind === 'clear') {
            recent.clear();
            model.clear();
          } else if (kind === 'set') {
            recent.set(name, value);
            model.set(name, value);
          } else {
            recent.delete(name);
            model.delete(name);
          }
        }
        const kept = KEYS.map((name) => look(recent, model, name));
        expect(kept.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(max);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lets go of what was not used while the others were', () => {
    const recent = new Recent<number>({ max: 10, weigh: (value) => value });
    recent.set('idle', 1);
    recent.set('used', 1);
    for (const key of 'abcdefghij') {
      recent.set(key, 1);
      expect(recent.get('used')).toBe(1);
    }
    expect(recent.get('idle')).toBeUndefined();
  });
});
