/**
 * Whatever clients do, and wherever the registry dies meanwhile, what was answered is true afterwards.
 *
 * Each seed is an episode of its own. A failure says its seed; to play that one again:
 *     DEVREG_TORTURE_SEED=<seed> npx vitest run --project integration test/torture/kills
 * The same seed draws the same contents, operations and deaths; how they meet in time is up to the machine.
 * Without settings fixed seeds are played, 200 cycles of life and death in all; `DEVREG_TORTURE_CYCLES` plays as many
 * cycles as it says, of seeds that nobody has seen before (`npm run torture`: 1,000).
 * Garbage is collected all the time. With `DEVREG_TORTURE_LEASES=off` the registry keeps nothing that clients were only
 * told of, and seeds must fail: a manifest is refused, or a blob that was promised is gone.
 */
import { mkdir, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleRegistryProcess } from '../support/registry-process-bundle.ts';
import { playEpisode } from './episode.ts';
import { chooseSeeds, shapeOf } from './episodes.ts';

/** Generous: an episode takes some seconds, and what is slow here is the machine. */
const TIMEOUT_MS = 180_000;

/** Episodes at a time: while one waits for a process to start, others work. */
const AT_A_TIME = 3;

vi.setConfig({ maxConcurrency: AT_A_TIME });

const keepsLeases = env['DEVREG_TORTURE_LEASES'] !== 'off';
const seeds = chooseSeeds(env['DEVREG_TORTURE_SEED'], env['DEVREG_TORTURE_CYCLES']);

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let program: string;
let collected = 0;

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-torture-'));
  program = await bundleRegistryProcess(folder.path);
});

afterAll(() => folder.remove());

describe.concurrent('after every life', () => {
  it.for(seeds)('what was answered is true, seed %i', { timeout: TIMEOUT_MS }, async (seed) => {
    const data = join(folder.path, String(seed));
    await mkdir(data);
    const report = await playEpisode({ ...shapeOf(seed), seed, keepsLeases, folder: data, program });
    collected += report.collected;
  });
});

/** Else leases were never put to the test. */
it('garbage was collected meanwhile', () => {
  expect(collected).toBeGreaterThan(0);
});
