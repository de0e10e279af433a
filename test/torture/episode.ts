/** An episode: one data folder, many lives of a registry on it, everything looked at after each. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistryConfig } from '../../src/registry/config.ts';
import type { Durability } from '../../src/registry/core/ports.ts';
import {
  type BootedRegistry,
  RegistryNotOpenedError,
  type RunningRegistry,
  bootRegistry,
  testConfig,
} from '../support/registry-process.ts';
import { HttpClient } from './client/http-client.ts';
import { type Owner, makeOwners, quietPerformer } from './client/performing.ts';
import { type Contents, makeContents } from './contents/contents.ts';
import { type Ending, describeDeath, drawDeath, drawEnding, drawSlowness } from './ending.ts';
import { replayCommand } from './episodes.ts';
import { History, lastOf, problemsIn } from './history.ts';
import { type LifeReport, live } from './life.ts';
import { lookAtEverything, lookAtUploads } from './look.ts';
import { afterRebuild } from './model/rules.ts';
import { Promises } from './model/promises.ts';
import { EMPTY_STATE, type State } from './model/state.ts';
import { Worlds } from './model/worlds.ts';
import { type Random, seededRandom } from './seeded-random.ts';
import { type StoredBlobs, watchStoredBlobs } from './stored-blobs.ts';

/** Clients at a time. */
const CLIENTS = 4;

/** How often a registry that is started dies before it serves, and how many moments it lives at most. */
const DIES_OPENING = 0.08;
const OPENING_MOMENTS_MAX = 6;

/** The same when it has to make the metadata anew, which takes many moments. */
const DIES_REBUILDING = 0.5;
const REBUILDING_MOMENTS_MAX = 40;

/** How often a clean end is followed by the loss of the metadata. */
const LOSES_METADATA = 0.3;

/** Milliseconds that open requests get when the registry is told to end. */
const GRACE_MS = 2_000;

/** Milliseconds between two collections of garbage. */
const GC_INTERVAL_MS = 10;

/** What an episode is played with. */
export interface EpisodeOptions {
  readonly seed: number;
  readonly cycles: number;
  /** Answers that clients get in one life, at most. */
  readonly answersMax: number;
  readonly durability: Durability;
  /** Milliseconds that clients may rely on what they were told. */
  readonly lease: number;
  /** Whether the registry keeps to it; a test that finds nothing wrong when it does not is none. */
  readonly keepsLeases: boolean;
  /** An empty folder. */
  readonly folder: string;
  /** The registry's program. */
  readonly program: string;
}

/** What happened in an episode that found nothing wrong. */
export interface EpisodeReport {
  readonly cycles: number;
  readonly answers: number;
  readonly rebuilds: number;
  /** Blobs that were taken out of a repository as garbage. */
  readonly collected: number;
}

/** Plays an episode. @throws Error that says what was wrong and how to see it again */
export async function playEpisode(options: EpisodeOptions): Promise<EpisodeReport> {
  const episode = new Episode(options);
  try {
    return await episode.play();
  } catch (error) {
    throw new Error(episode.describe(error), { cause: error });
  } finally {
    await episode.end();
  }
}

class Episode {
  readonly #options: EpisodeOptions;
  readonly #random: Random;
  readonly #contents: Contents;
  readonly #history = new History();
  readonly #owners: readonly Owner[];
  readonly #storedBlobs: StoredBlobs;
  readonly #promises: Promises;
  #worlds = new Worlds(EMPTY_STATE);
  #registry: RunningRegistry | undefined;
  #next: BootedRegistry;
  #cycle = 0;
  #rebuilds = 0;
  #ending: Ending | undefined;

  constructor(options: EpisodeOptions) {
    const random = seededRandom(String(options.seed));
    this.#options = options;
    this.#promises = new Promises(options.lease);
    this.#random = random.fork('episode');
    this.#contents = makeContents(random.fork('contents'));
    this.#storedBlobs = watchStoredBlobs(options.folder);
    this.#owners = makeOwners(CLIENTS, random);
    this.#next = bootRegistry(options.program);
  }

  async play(): Promise<EpisodeReport> {
    let answers = 0;
    let collected = 0;
    await this.#open();
    for (this.#cycle = 1; this.#cycle <= this.#options.cycles; this.#cycle++) {
      const isLast = this.#cycle === this.#options.cycles;
      const life = await this.#liveOnce(isLast);
      answers += life.answers;
      collected += life.collected;
      await this.#storedBlobs.check();
      const isRebuilt = life.isClean && (isLast || this.#random.chance(LOSES_METADATA));
      if (isRebuilt) await this.#loseMetadata();
      if (this.#random.chance(isRebuilt ? DIES_REBUILDING : DIES_OPENING)) {
        await this.#dieOpening(isRebuilt ? REBUILDING_MOMENTS_MAX : OPENING_MOMENTS_MAX);
      }
      await this.#open();
      await this.#look(isLast);
    }
    return { cycles: this.#options.cycles, answers, rebuilds: this.#rebuilds, collected };
  }

  /** Ends the processes. */
  async end(): Promise<void> {
    await this.#registry?.[Symbol.asyncDispose]();
    await this.#next[Symbol.asyncDispose]();
  }

  describe(error: unknown): string {
    const { seed, durability, folder } = this.#options;
    return [
      String(error),
      `Seed ${seed} (durability ${durability}), cycle ${this.#cycle} with ${this.#ending?.text}, in ${folder}.`,
      `The same again: ${replayCommand(seed)}`,
      `The last operations:\n${this.#history.last(60)}`,
      `The registry's output:\n${lastOf(this.#registry?.output() ?? '')}`,
    ].join('\n');
  }

  /** The next process loads its program while this one is used. */
  async #open(): Promise<void> {
    const booted = this.#next;
    this.#next = bootRegistry(this.#options.program);
    this.#registry = await booted.open({ config: this.#config() });
    this.#history.add('episode', 'opened');
  }

  async #liveOnce(isLast: boolean): Promise<LifeReport> {
    const drawn = drawEnding(this.#random, this.#options.answersMax);
    const { answers } = drawn;
    this.#ending = isLast ? { text: 'SIGTERM at last', death: undefined, answers, signal: 'SIGTERM' } : drawn;
    const slowness = drawSlowness(this.#random);
    const slow = slowness === undefined ? '' : `; ${slowness.call} takes ${slowness.delay} ms`;
    this.#history.add('episode', `cycle ${this.#cycle}, to end by ${this.#ending.text}${slow}`);
    const stage = { worlds: this.#worlds, promises: this.#promises, history: this.#history, contents: this.#contents };
    const life = await live(this.#opened(), stage, this.#owners, { ending: this.#ending, slowness });
    this.#worlds.crash();
    this.#history.add('episode', `ended, perhaps in ${this.#worlds.states.length} states`);
    return life;
  }

  /** Deletes the metadata, so that the next start makes them anew. */
  async #loseMetadata(): Promise<void> {
    this.#history.add('episode', 'the metadata are deleted');
    for (const suffix of ['', '-wal', '-shm'])
      await rm(join(this.#options.folder, `metadata.db${suffix}`), { force: true });
    this.#worlds.change((state) => afterRebuild(state, (digest) => this.#storedBlobs.has(digest)));
    this.#rebuilds += 1;
  }

  /** Starts a registry that dies before, or just when, it can be used. */
  async #dieOpening(momentsMax: number): Promise<void> {
    const { program } = this.#options;
    const death = drawDeath(this.#random, momentsMax);
    this.#history.add('episode', `opening, to die ${describeDeath(death)}`);
    await using booted = bootRegistry(program);
    try {
      const opened = await booted.open({ config: this.#config(), trouble: { death } });
      opened.kill('SIGKILL');
      await opened.exited;
    } catch (error) {
      if (!(error instanceof RegistryNotOpenedError) || error.exit.signal !== 'SIGKILL') throw error;
    }
    await this.#storedBlobs.check();
  }

  async #look(isThorough: boolean): Promise<void> {
    const registry = this.#opened();
    this.#worlds.change((state) => this.#withoutForgotten(state));
    using http = new HttpClient(registry.port);
    const performer = quietPerformer(http, this.#worlds, this.#promises);
    await lookAtEverything(performer, this.#worlds, this.#contents, this.#random, isThorough);
    if (this.#worlds.states.length > 1) {
      // What was not looked for may tell them apart. What nothing tells apart is no contradiction, and stays possible.
      await lookAtEverything(performer, this.#worlds, this.#contents, this.#random, true);
      this.#history.add('episode', `looked again: ${this.#worlds.differences || 'one state is left'}`);
    }
    for (const owner of this.#owners) owner.uploads = await lookAtUploads(performer, owner.uploads);
    const problems = problemsIn(registry.output());
    if (problems.length > 0) throw new Error(`The registry's log has: ${problems[0]}`);
    const uploads = this.#owners.flatMap((owner) => owner.uploads);
    if (!this.#worlds.states.some(({ sessions }) => sessions.size === uploads.length))
      throw new Error('Uploads are missing.');
  }

  #config(): RegistryConfig {
    const { folder, durability, lease, keepsLeases } = this.#options;
    const gc = { gcInterval: GC_INTERVAL_MS, gcLease: keepsLeases ? lease : 0 };
    return testConfig({ dataDir: folder, durability, grace: GRACE_MS, ...gc });
  }

  /** An upload whose beginning was not answered has no name that anybody knows. */
  #withoutForgotten(state: State): State {
    const known = new Set(this.#owners.flatMap(({ uploads }) => uploads.map(({ session }) => session)));
    return { ...state, sessions: new Set([...state.sessions].filter((session) => known.has(session))) };
  }

  #opened(): RunningRegistry {
    if (this.#registry === undefined) throw new Error('No registry is open.');
    return this.#registry;
  }
}
