/** The recipe of `devreg rotate`: new credentials, and whoever was logged in with the old ones is logged in again. */
import { DevregError } from '../errors.ts';
import type { CredentialStore } from '../state/credentials.ts';
import type { Folders } from '../state/folders.ts';
import type { AnyRecord } from '../state/record.ts';
import type { LoginClient } from '../trust/client-files.ts';
import { type LoginResult, findClients, loginClients } from '../trust/client-login.ts';
import type { KeptLogin, LoginPlaces } from '../trust/client-logins.ts';
import { findOwnLogins } from './logout.ts';
import { aloneOnMachine } from './machine-lock.ts';
import { readAuthority } from './own-authority.ts';
import type { Progress } from './progress.ts';

/** What the recipe works with. */
export interface RotatePorts {
  readonly folders: Folders;
  readonly credentials: CredentialStore;
  readonly places: LoginPlaces;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Draws new credentials, and resolves when the registry has them. */
  readonly renew: (record: AnyRecord) => Promise<unknown>;
}

/**
 * Rotates.
 * @returns what became of each login that was there
 * @throws DevregError of the recipe that makes the registry; the signal's reason when it aborts
 */
export async function rotate(record: AnyRecord, ports: RotatePorts): Promise<LoginResult[]> {
  const { places, folders, credentials, progress, signal, renew } = ports;
  const kept = await findOwnLogins(record, places);
  await renew(record);
  const known = await credentials.find(record.name);
  if (known === undefined)
    throw new DevregError('not-found', 'SECRET_NOT_FOUND', `The password of ${record.name} is gone.`);
  const stale = kept.filter(({ where }) => where !== 'helper');
  if (stale.length === 0) return [];
  const ca = await readAuthority(record, folders);
  const { user } = record.settings;
  return progress.step(`Logging in again as ${user}`, async () => {
    const results: LoginResult[] = [];
    for (const [client, registries] of await byClient(stale, places)) {
      const request = {
        registries,
        user,
        password: known.password,
        clients: [client],
        files: places.files,
        ca,
        signal,
      };
      const logIn = () => loginClients(places.runner, { ...request, isPlain: ca === undefined });
      results.push(...(await aloneOnMachine(folders, logIn, signal)));
    }
    return results;
  });
}

/** What stands in docker's file may be crane's. */
async function byClient(logins: readonly KeptLogin[], { runner }: LoginPlaces): Promise<Map<LoginClient, string[]>> {
  const [owner = 'docker'] = await findClients(runner, ['docker', 'crane']);
  const groups = new Map<LoginClient, string[]>();
  for (const { client, registry } of logins) {
    const one = client === 'docker' ? owner : client;
    groups.set(one, [...(groups.get(one) ?? []), registry]);
  }
  return groups;
}
