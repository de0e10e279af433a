/** What a container engine says of itself: version, store, limits. */
import { isObject, parseJson } from '../json-values.ts';
import { CommandFailedError } from '../process/command-failed-error.ts';
import type { Runner } from '../process/runner.ts';
import { translateEngineFailure } from './engine-failure.ts';
import { DOCKER, PODMAN } from './engine-facts.ts';
import type { EngineKind } from './engine.ts';

/** What it says; undefined where it does not. */
export interface EngineInfo {
  readonly title: string;
  readonly version: string;
  readonly store: 'containerd' | 'graph driver';
  readonly driver: string;
  readonly isRootless: boolean;
  readonly cgroupVersion: 1 | 2 | undefined;
  /** Where it keeps images, on its own machine. */
  readonly folder: string | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  /** The proxy it pulls and pushes through. */
  readonly proxy: string | undefined;
  readonly noProxy: string;
  /** Whether it lives in a virtual machine of this machine. */
  readonly isVirtual: boolean;
}

/** An image in the engine's store. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly architecture: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Asks the engine.
 * @throws DevregError as engines do; the signal's reason when it aborts
 */
export async function readEngineInfo(runner: Runner, kind: EngineKind, signal: AbortSignal): Promise<EngineInfo> {
  const facts = kind === 'docker' ? DOCKER : PODMAN;
  const format = kind === 'docker' ? '{{json .}}' : 'json';
  try {
    const { stdout } = await runner.run({ program: facts.program, args: ['info', '--format', format], signal });
    const info = objectIn(parseJson(stdout));
    return kind === 'docker' ? readDocker(info, facts.title) : readPodman(info, facts.title);
  } catch (error) {
    throw translateEngineFailure(facts, 'say what it is', error);
  }
}

/**
 * Looks an image up, by any name that the engine knows.
 * @returns undefined when it is not in the store
 * @throws DevregError as engines do; the signal's reason when it aborts
 */
export async function readImageConfig(
  runner: Runner,
  kind: EngineKind,
  image: string,
  signal: AbortSignal,
): Promise<ImageConfig | undefined> {
  const facts = kind === 'docker' ? DOCKER : PODMAN;
  try {
    const args = ['image', 'inspect', '--format', '{{json .}}', '--', image];
    const { stdout } = await runner.run({ program: facts.program, args, signal });
    const answer = parseJson(stdout);
    // Podman 4 gives a list, whatever it is asked for.
    const found = objectIn(Array.isArray(answer) ? answer[0] : answer);
    return {
      entrypoint: wordsIn(objectIn(found['Config'])['Entrypoint']),
      architecture: textIn(found['Architecture']),
    };
  } catch (error) {
    if (
      error instanceof CommandFailedError &&
      /no such image|image not known|invalid reference format/i.test(error.stderr)
    )
      return undefined;
    throw translateEngineFailure(facts, 'look for an image', error);
  }
}

function readDocker(info: Json, title: string): EngineInfo {
  const status = JSON.stringify(info['DriverStatus'] ?? []);
  return {
    title,
    version: textIn(info['ServerVersion']) ?? 'of unknown version',
    // What the daemon says when its images are containerd's.
    store: status.includes('io.containerd.snapshotter') ? 'containerd' : 'graph driver',
    driver: textIn(info['Driver']) ?? 'unknown',
    isRootless: wordsIn(info['SecurityOptions']).some((option) => option.includes('rootless')),
    cgroupVersion: cgroupIn(info['CgroupVersion']),
    folder: textIn(info['DockerRootDir']),
    memory: numberIn(info['MemTotal']),
    proxy: textIn(info['HttpsProxy']) ?? textIn(info['HttpProxy']),
    noProxy: textIn(info['NoProxy']) ?? '',
    isVirtual: /docker desktop|colima|orbstack/i.test(`${textIn(info['OperatingSystem'])} ${textIn(info['Name'])}`),
  };
}

function readPodman(info: Json, title: string): EngineInfo {
  const [host, store, version] = ['host', 'store', 'version'].map((key) => objectIn(info[key]));
  const isRemote = host?.['serviceIsRemote'] === true;
  return {
    title,
    version: textIn(version?.['Version']) ?? 'of unknown version',
    store: 'graph driver',
    driver: textIn(store?.['graphDriverName']) ?? 'unknown',
    isRootless: objectIn(host?.['security'])['rootless'] === true,
    cgroupVersion: cgroupIn(host?.['cgroupVersion']),
    folder: textIn(store?.['graphRoot']),
    memory: numberIn(host?.['memTotal']),
    // Podman has none of its own: it reads the environment.
    proxy: undefined,
    noProxy: '',
    isVirtual: isRemote,
  };
}

function objectIn(value: unknown): Json {
  return isObject(value) ? value : {};
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function wordsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

/** Docker says `1`, podman `v1`. */
function cgroupIn(value: unknown): 1 | 2 | undefined {
  const digit = /[12]$/.exec(textIn(value) ?? '')?.[0];
  return digit === undefined ? undefined : digit === '1' ? 1 : 2;
}
