/** What devreg remembers, read at once and without waiting: clients start the helper for every command of theirs. */
import { readFileSync, readdirSync } from 'node:fs';
import { systemCodeOf } from '../errors.ts';
import type { Folders } from '../state/folders.ts';
import { type HelperLogins, parseHelperLogins } from '../state/helper-login.ts';
import { isName } from '../state/name.ts';
import { helperLoginsFile, registriesFolder, registryPaths } from '../state/paths.ts';
import { type AnyRecord, parseRecord } from '../state/record.ts';
import type { HeldLogin } from './protocol.ts';

/** The records of all registries. @throws DevregError RECORD_DAMAGED, RECORD_TOO_NEW; what the file system says */
export function readRecords(folders: Folders): AnyRecord[] {
  return readNames(registriesFolder(folders)).flatMap((name) => {
    const file = registryPaths(folders, name).record;
    const text = readText(file);
    return text === undefined ? [] : [parseRecord(text, file)];
  });
}

/** What a registry's administrator logs in with, the password first; nothing when it is gone. */
export function readOwnLogins(folders: Folders, { name, settings }: AnyRecord): HeldLogin[] {
  const { password, token } = registryPaths(folders, name);
  const secrets = [password, token].map((file) => readText(file)?.trimEnd());
  return secrets.flatMap((secret) => (secret ? [{ user: settings.user, secret }] : []));
}

/** What clients told the helper. @throws DevregError LOGINS_DAMAGED; what the file system says */
export function readToldLogins(folders: Folders): HelperLogins {
  const file = helperLoginsFile(folders);
  return parseHelperLogins(readText(file), file);
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isName).toSorted();
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
