/** Which episodes are played: what a seed stands for, and which seeds are chosen. */
import type { Durability } from '../../src/registry/core/ports.ts';

/** What a seed says of its episode. */
export interface EpisodeShape {
  readonly durability: Durability;
  readonly cycles: number;
  readonly answersMax: number;
}

/** Most of what a death can spoil happens within some dozens of requests; what memory keeps is spoilt later. */
const SHORT_LIVES = { cycles: 25, answersMax: 80 };
const LONG_LIVES = { cycles: 2, answersMax: 2_000 };

/** Every so many seeds have long lives. */
const LONG_EVERY = 5;

/** Cycles of the normal run. */
const CYCLES = 200;

/** Seeds nobody has seen before are below this. */
const SEEDS = 1_000_000_000;

/** Everything that a seed decides before anything is drawn. */
export function shapeOf(seed: number): EpisodeShape {
  return { ...(seed % LONG_EVERY === 0 ? LONG_LIVES : SHORT_LIVES), durability: seed % 2 === 0 ? 'full' : 'fast' };
}

/**
 * Chooses seeds, in a row.
 * @param first where to begin; alone, it is the only one
 * @param cycles how many at least; undefined: the fixed seeds of the normal run
 */
export function chooseSeeds(first: string | undefined, cycles: string | undefined): number[] {
  if (first !== undefined && cycles === undefined) return [Number(first)];
  if (cycles === undefined) return seedsFrom(1, CYCLES);
  return seedsFrom(first === undefined ? 1 + Math.floor(Math.random() * SEEDS) : Number(first), Number(cycles));
}

function seedsFrom(first: number, cycles: number): number[] {
  const seeds: number[] = [];
  for (let left = cycles; left > 0; left -= shapeOf(seeds.at(-1) ?? first).cycles) seeds.push(first + seeds.length);
  return seeds;
}
