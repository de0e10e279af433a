/** One life of a registry: several clients use it at once until it ends. */
import type { RegistryExit, RunningRegistry } from '../support/registry-process.ts';
import type { Slowness } from '../support/registry-process-trouble.ts';
import { ACTIVITIES } from './activities/activities.ts';
import { type Client, RefusedError } from './client/client.ts';
import { HttpClient, UnansweredError } from './client/http-client.ts';
import { type Owner, type Stage, clientOf } from './client/performing.ts';
import type { Ending } from './ending.ts';
import { blobsCollectedIn, problemsIn } from './history.ts';

/** Milliseconds a registry gets to be gone once its clients have noticed. */
const GONE_WITHIN_MS = 20_000;

/** What happens to a registry besides being used. */
export interface Life {
  readonly ending: Ending;
  readonly slowness: Slowness | undefined;
}

/** What a life came to. */
export interface LifeReport {
  /** Answers that clients got. */
  readonly answers: number;
  /** Blobs that were taken out of a repository as garbage. */
  readonly collected: number;
  /** Whether the registry ended in peace. */
  readonly isClean: boolean;
}

/** Lets clients work until the registry has ended as drawn. */
export async function live(
  registry: RunningRegistry,
  stage: Omit<Stage, 'http'>,
  owners: readonly Owner[],
  { ending, slowness }: Life,
): Promise<LifeReport> {
  let answers = 0;
  let told: Promise<void> | undefined;
  const onAnswer = (): void => {
    answers += 1;
    if (answers !== ending.answers) return;
    told = endRegistry(registry, ending);
  };
  await registry.trouble({ death: ending.death, slowness });
  using http = new HttpClient(registry.port);
  await letWork(
    registry,
    { ...stage, http, onAnswer },
    owners,
    () => told !== undefined && ending.signal === 'SIGTERM',
  );
  await told;
  if (told === undefined && ending.death === undefined)
    throw new Error('A connection broke although the registry was to live on.');
  const exit = await exitSoon(registry);
  expectExit(exit, ending);
  const [problem] = problemsIn(registry.output());
  if (problem !== undefined) throw new Error(`The registry's log has: ${problem}`);
  return { answers, collected: blobsCollectedIn(registry.output()), isClean: exit.code === 0 };
}

async function endRegistry(registry: RunningRegistry, { closingDeath, signal }: Ending): Promise<void> {
  if (closingDeath !== undefined) await registry.trouble({ death: closingDeath });
  registry.kill(signal);
}

/** Lets clients work until it is over or the registry is gone. Should one find something wrong, all end. */
export async function letWork(
  registry: RunningRegistry,
  stage: Stage,
  owners: readonly Owner[],
  isOver: () => boolean,
): Promise<void> {
  const works = owners.map((owner) => work(clientOf(owner, stage), isOver));
  try {
    await Promise.all(works);
  } catch (error) {
    registry.kill('SIGKILL');
    await Promise.allSettled(works);
    throw error;
  }
}

async function work(client: Client, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      await client.random.pickWeighted(ACTIVITIES).run(client);
    } catch (error) {
      if (error instanceof UnansweredError) return;
      if (!(error instanceof RefusedError)) throw error;
    }
  }
}

async function exitSoon(registry: RunningRegistry): Promise<RegistryExit> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('The registry is still there.')), GONE_WITHIN_MS);
  try {
    return await Promise.race([registry.exited, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function expectExit({ code, signal }: RegistryExit, ending: Ending): void {
  const mayDie = ending.signal === 'SIGKILL' || ending.closingDeath !== undefined;
  const isRight = (ending.signal === 'SIGTERM' && code === 0) || (mayDie && signal === 'SIGKILL');
  if (!isRight) throw new Error(`The registry ended with ${signal ?? code} on ${ending.text}.`);
}
