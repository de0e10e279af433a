/**
 * Whatever clients do, and wherever the registry dies meanwhile, what was answered is true afterwards.
 *
 * Each seed is an episode of its own. Without settings a few fixed ones are played. `DEVREG_TORTURE_CYCLES` plays as
 * many lives as it says, of seeds that nobody has seen before; `DEVREG_TORTURE_SEED` says which seed to begin with,
 * and alone plays just that one. The same seed draws the same operations and deaths; how they meet is up to the machine.
 */
import { mkdir, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleRegistryProcess } from '../support/registry-process-bundle.ts';
import { type EpisodeReport, playEpisode } from './episode.ts';

/** Lives of an episode. */
const CYCLES = 25;

/** Episodes without settings. */
const EPISODES = 8;

/** Generous: what is slow here is the machine. */
const MS_PER_CYCLE = 2_000;

/** Episodes at a time: while one waits for a process to start, another works. */
const AT_A_TIME = 2;

const seeds = chooseSeeds(env['DEVREG_TORTURE_SEED'], env['DEVREG_TORTURE_CYCLES']);

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let program: string;

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-torture-'));
  program = await bundleRegistryProcess(folder.path);
});

afterAll(() => folder.remove());

it.for(together(seeds))('seeds %o', { timeout: CYCLES * MS_PER_CYCLE }, async (some) => {
  const reports = await Promise.all(some.map(play));
  expect(reports.map(({ cycles }) => cycles)).toEqual(some.map(() => CYCLES));
});

async function play(seed: number): Promise<EpisodeReport> {
  const data = join(folder.path, String(seed));
  await mkdir(data);
  return playEpisode({ seed, cycles: CYCLES, durability: seed % 2 === 0 ? 'full' : 'fast', folder: data, program });
}

function chooseSeeds(first: string | undefined, cycles: string | undefined): number[] {
  const episodes = cycles === undefined ? (first === undefined ? EPISODES : 1) : Math.ceil(Number(cycles) / CYCLES);
  const start = first === undefined ? (cycles === undefined ? 1 : Math.floor(Math.random() * 1_000_000_000)) : Number(first);
  return Array.from({ length: episodes }, (_, index) => start + index);
}

function together(all: readonly number[]): number[][] {
  const rounds = Math.ceil(all.length / AT_A_TIME);
  return Array.from({ length: rounds }, (_, round) => all.slice(round * AT_A_TIME, (round + 1) * AT_A_TIME));
}
