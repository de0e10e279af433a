/** The settings of a registry that serves, some of which may change meanwhile. */
import { isDeepStrictEqual } from 'node:util';
import type { RegistryConfig } from './config.ts';

/** What is taken over while the registry serves. All others wait for the next start: its folder, its ports, promises given. */
const LIVE = [
  'users',
  'anonymousPush',
  'requireOwner',
  'allowDelete',
  'allowSparse',
  'gcInterval',
  'uploadIdle',
  'routes',
  'trustedProxies',
  'grace',
  'logLevel',
] as const satisfies readonly (keyof RegistryConfig)[];

/** Names of settings that are not as they were. */
interface SettingsChange {
  readonly taken: readonly (keyof RegistryConfig)[];
  /** Those that count from the next start on. */
  readonly waiting: readonly (keyof RegistryConfig)[];
}

/** The settings. */
export interface Settings {
  /** As they are in the moment: to be read where they are needed, and not before. */
  readonly current: RegistryConfig;
  compare(next: RegistryConfig): SettingsChange;
  /** Takes over what can be. */
  take(next: RegistryConfig): void;
}

/** Begins with what the registry is opened with. */
export function createSettings(config: RegistryConfig): Settings {
  const isLive = (name: string) => LIVE.some((one) => one === name);
  const current = { ...config };
  return {
    current,
    compare(next) {
      const names = (Object.keys(config) as (keyof RegistryConfig)[]).toSorted();
      const changed = names.filter((name) => !isDeepStrictEqual(current[name], next[name]));
      return { taken: changed.filter(isLive), waiting: changed.filter((name) => !isLive(name)) };
    },
    take: (next) => void Object.assign(current, Object.fromEntries(LIVE.map((name) => [name, next[name]]))),
  };
}
