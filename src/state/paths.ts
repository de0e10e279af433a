/**
 * Where the things of registries are.
 *
 *     <state>/
 *     ├── locks/<name>                who works on a registry right now; stays, empty
 *     ├── locks/.machine              who changes what registries share on this machine; stays, empty
 *     ├── helper-logins.json          what clients told the credential helper
 *     └── registries/<name>/
 *         ├── record.json             what is there; gone when the registry is deleted
 *         ├── registry.log            what the registry's process says
 *         ├── password, token         kept with the data
 *     <data>/
 *     ├── ca/                         the user's certificate authority
 *     └── registries/<name>/          the registry's data folder, unless another was chosen
 */
import { join } from 'node:path';
import type { Folders } from './folders.ts';

/** The paths of one registry. */
export interface RegistryPaths {
  readonly lock: string;
  readonly folder: string;
  readonly record: string;
  readonly log: string;
  readonly password: string;
  readonly token: string;
  readonly data: string;
}

/** @param name a valid name */
export function registryPaths({ data, state }: Pick<Folders, 'data' | 'state'>, name: string): RegistryPaths {
  const folder = join(registriesFolder({ state }), name);
  return {
    lock: join(state, 'locks', name),
    folder,
    record: join(folder, 'record.json'),
    log: join(folder, 'registry.log'),
    password: join(folder, 'password'),
    token: join(folder, 'token'),
    data: join(data, 'registries', name),
  };
}

/** The folder that has a folder for each registry. */
export function registriesFolder({ state }: Pick<Folders, 'state'>): string {
  return join(state, 'registries');
}

/** What clients told the credential helper. */
export function helperLoginsFile({ state }: Pick<Folders, 'state'>): string {
  return join(state, 'helper-logins.json');
}

/** The folder of the user's certificate authority. */
export function authorityFolder({ data }: Folders): string {
  return join(data, 'ca');
}

/** The certificate of the user's certificate authority, PEM. */
export function authorityCertificate(folders: Folders): string {
  return join(authorityFolder(folders), 'ca.crt');
}

/** Where `devreg registry serve` keeps data when nobody says where. */
export function standaloneDataFolder({ data }: Folders): string {
  return join(data, 'standalone');
}
