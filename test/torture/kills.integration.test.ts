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
import { chooseSeeds, shapeOf } from './episodes.ts';

/** Episodes at a time: while one waits for a process to start, the other works. */
const AT_A_TIME = 2;

/** Generous: an episode takes some seconds, and what is slow here is the machine. */
const TIMEOUT_MS = 120_000;

const seeds = chooseSeeds(env['DEVREG_TORTURE_SEED'], env['DEVREG_TORTURE_CYCLES']);

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let program: string;

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-torture-'));
  program = await bundleRegistryProcess(folder.path);
});

afterAll(() => folder.remove());

it.for(inGroups(seeds))('seeds %o', { timeout: TIMEOUT_MS }, async (group) => {
  const played = await Promise.allSettled(group.map(play));
  const failed = played.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  expect(played).toHaveLength(group.length);
});

async function play(seed: number): Promise<EpisodeReport> {
  const data = join(folder.path, String(seed));
  await mkdir(data);
  return playEpisode({ ...shapeOf(seed), seed, folder: data, program });
}

function inGroups(all: readonly number[]): number[][] {
  const count = Math.ceil(all.length / AT_A_TIME);
  return Array.from({ length: count }, (_, group) => all.slice(group * AT_A_TIME, (group + 1) * AT_A_TIME));
}
