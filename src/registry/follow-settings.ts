/** Reads settings again while a registry serves: when somebody asks, and when files change that they come from. */
import { isDeepStrictEqual } from 'node:util';
import type { RegistryConfig } from './config.ts';
import type { Log } from './log.ts';
import type { Registry } from './registry.ts';
import { watchFiles } from './watch-files.ts';

/** What is followed, and how. */
export interface FollowedSettings {
  readonly registry: Pick<Registry, 'reload'>;
  /** What the registry was opened with. */
  readonly config: RegistryConfig;
  /** Where settings come from; only these folders are watched. */
  readonly files: readonly string[];
  /** Reads all settings anew. */
  readonly read: () => Promise<RegistryConfig>;
  /** Says in sentences why settings cannot be used; they must not tell secrets. */
  readonly explain: (error: unknown) => readonly string[];
  readonly log: Log;
}

/** Follows settings until it is disposed of. */
export interface SettingsFollower extends AsyncDisposable {
  /** Reads them now, and takes them over though they may be what they were. */
  reload(): Promise<void>;
}

/** Begins to follow. What cannot be used is logged, and the settings before stay in force. */
export function followSettings(followed: FollowedSettings): SettingsFollower {
  const { registry, files, read, explain, log } = followed;
  let known = followed.config;
  let running = Promise.resolve();
  const keep = (error: unknown) => {
    for (const problem of explain(error)) log.error('settings.kept', { problem });
  };
  const takeOver = async (isAsked: boolean) => {
    try {
      const next = await read();
      if (!isAsked && isDeepStrictEqual(next, known)) return;
      await registry.reload(next);
      known = next;
    } catch (error) {
      keep(error);
    }
  };
  const enqueue = (isAsked: boolean) => (running = running.then(() => takeOver(isAsked)));
  const watching = watchFiles(files, () => void enqueue(false), keep);
  return {
    reload: () => enqueue(true),
    async [Symbol.asyncDispose]() {
      watching[Symbol.dispose]();
      await running;
    },
  };
}
