/** A registry on a small disk, with clients who expect to be refused when it is full. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Durability } from '../../src/registry/core/ports.ts';
import { type RegistryExit, type RunningRegistry, bootRegistry, testConfig } from '../support/registry-process.ts';
import type { Client } from './client/client.ts';
import { HttpClient } from './client/http-client.ts';
import { type Stage, clientOf, makeOwners, quietPerformer } from './client/performing.ts';
import { makeContents } from './contents/contents.ts';
import type { ManifestContent } from './contents/manifest-content.ts';
import { History, problemsIn } from './history.ts';
import { letWork } from './life.ts';
import { lookAtEverything, lookAtUploads } from './look.ts';
import { Promises } from './model/promises.ts';
import { EMPTY_STATE } from './model/state.ts';
import { Worlds } from './model/worlds.ts';
import { type Random, seededRandom } from './seeded-random.ts';
import { type SmallDisk, mountSmallDisk } from './small-disk.ts';

const MEGABYTES = 64;
const CLIENTS = 4;

/** What writing is answered when there is no space. */
export const NO_SPACE = '507 UNAVAILABLE';

/** Faults that a full disk explains. */
const NO_SPACE_FAULT =
  /"event":"(?:request|index|metadata)\.failed".*(?:ENOSPC|no space left|database or disk is full)/;

/** The bench. Disposing ends the registry and removes the disk. */
export interface DiskBench extends AsyncDisposable {
  readonly disk: SmallDisk;
  readonly random: Random;
  /** Something to push. */
  readonly image: ManifestContent;
  /** How often clients were refused. */
  refusals(): number;
  /** Whether the registry's log has such a line since it was started last. */
  hasLogged(text: string): boolean;
  /** A client that works alone. */
  client(): Client;
  /** Lets several clients work until they have got so many answers. */
  work(answers: number): Promise<void>;
  /** Ends the registry and starts it anew. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<RegistryExit>;
  /** Looks at everything, and that the log has nothing but what a full disk explains. */
  look(): Promise<void>;
}

/** Mounts a disk and starts a registry on it. */
export async function openDiskBench(seed: string, durability: Durability): Promise<DiskBench> {
  await using opened = new AsyncDisposableStack();
  const disk = opened.use(await mountSmallDisk(MEGABYTES));
  await mkdir(join(disk.path, 'data'));
  const config = testConfig({ dataDir: join(disk.innerPath, 'data'), durability, grace: 500 });
  const start = (): Promise<RunningRegistry> => bootRegistry(undefined, disk.entering).open({ config });
  let registry = await start();
  let http = new HttpClient(registry.port);
  opened.defer(() => registry[Symbol.asyncDispose]());
  opened.defer(() => http[Symbol.dispose]());

  const random = seededRandom(seed);
  const contents = makeContents(random.fork('contents'));
  const owners = makeOwners(CLIENTS, random);
  const worlds = new Worlds(EMPTY_STATE);
  const promises = new Promises(undefined);
  const history = new History();
  let refusals = 0;
  const stage = (): Stage => ({
    http,
    worlds,
    promises,
    history,
    contents,
    refusal: { text: NO_SPACE, noted: () => void (refusals += 1) },
  });
  const keep = opened.move();
  return {
    disk,
    random,
    image: firstOf(contents.manifests),
    refusals: () => refusals,
    hasLogged: (text) => registry.output().includes(text),
    client: () => clientOf(firstOf(owners), stage()),
    async work(answers) {
      let left = answers;
      try {
        await letWork(registry, { ...stage(), onAnswer: () => void (left -= 1) }, owners, () => left <= 0);
      } catch (cause) {
        throw new Error(`${String(cause)}\nThe last operations:\n${history.last(60)}`, { cause });
      }
    },
    async restart(signal) {
      http[Symbol.dispose]();
      registry.kill(signal);
      const exit = await registry.exited;
      worlds.crash();
      registry = await start();
      http = new HttpClient(registry.port);
      return exit;
    },
    async look() {
      const performer = quietPerformer(http, worlds, promises);
      await lookAtEverything(performer, worlds, contents, random, true);
      for (const owner of owners) owner.uploads = await lookAtUploads(performer, owner.uploads);
      expectNoOtherFault(registry);
    },
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

function firstOf<T>([first]: readonly T[]): T {
  if (first === undefined) throw new Error('There is none.');
  return first;
}

function expectNoOtherFault(registry: RunningRegistry): void {
  const other = problemsIn(registry.output()).find((line) => !NO_SPACE_FAULT.test(line));
  if (other !== undefined) throw new Error(`The registry's log has: ${other}`);
}
