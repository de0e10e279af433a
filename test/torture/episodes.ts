/** Which episodes are played: what a seed stands for, and which seeds are chosen. */
import type { Durability } from '../../src/registry/core/ports.ts';

/** What a seed says of its episode. */
export interface EpisodeShape {
  readonly durability: Durability;
  readonly cycles: number;
  readonly answersMax: number;
  /** How long, in milliseconds, clients may rely on what they were told, while garbage is collected all the time. */
  readonly lease: number;
}

/** Most of what a death can spoil happens within some dozens of requests; what memory keeps is spoilt later. */
const SHORT_LIVES = { cycles: 25, answersMax: 60 };
const LONG_LIVES = { cycles: 2, answersMax: 1_000 };

/** Every so many seeds have long lives. */
const LONG_EVERY = 5;

/** Shorter than many a push, longer than most, and longer than most lives. */
const LEASES = [60, 250, 1_000];

/** Cycles of the normal run. */
const CYCLES = 200;

/** Seeds nobody has seen before are below this. */
const SEEDS = 1_000_000_000;

/** Everything that a seed decides before anything is drawn. */
export function shapeOf(seed: number): EpisodeShape {
  return {
    ...(seed % LONG_EVERY === 0 ? LONG_LIVES : SHORT_LIVES),
    durability: seed % 2 === 0 ? 'full' : 'fast',
    lease: LEASES[seed % LEASES.length] ?? 0,
  };
}

/**
 * Chooses seeds.
 * @param seed the only one, when it is given
 * @param cycles at least so many in a row, of seeds drawn anew; undefined: the fixed seeds of the normal run
 * @throws Error when one of them is no whole number above 0
 */
export function chooseSeeds(seed: string | undefined, cycles: string | undefined): number[] {
  if (seed !== undefined) return [wholeNumber(seed)];
  if (cycles === undefined) return seedsFrom(1, CYCLES);
  return seedsFrom(1 + Math.floor(Math.random() * SEEDS), wholeNumber(cycles));
}

/** What to type to play one seed again. */
export function replayCommand(seed: number): string {
  return `DEVREG_TORTURE_SEED=${seed} npx vitest run --project integration test/torture/kills`;
}

/** What is no number would choose no seeds, and a run without episodes finds nothing wrong. */
function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new Error(`${text} is no whole number above 0.`);
  return Number(text);
}

function seedsFrom(first: number, cycles: number): number[] {
  const seeds: number[] = [];
  for (let left = cycles; left > 0; left -= shapeOf(seeds.at(-1) ?? first).cycles) seeds.push(first + seeds.length);
  return seeds;
}
