/** The recipe of `devreg logout`: takes a registry's logins out of the clients' files, by whomever they were written. */
import { isDevregError } from '../errors.ts';
import type { Folders } from '../state/folders.ts';
import { changeHelperLogins } from '../state/helper-logins.ts';
import type { AnyRecord } from '../state/record.ts';
import type { LoginClient } from '../trust/client-files.ts';
import { type KeptLogin, type LoginPlaces, findLogins, forgetLogins } from '../trust/client-logins.ts';
import { loginNames } from './login-names.ts';
import { aloneOnMachine } from './machine-lock.ts';
import type { Progress } from './progress.ts';

/** What the recipe works with. */
export interface LogoutPorts {
  readonly folders: Folders;
  readonly places: LoginPlaces;
}

/**
 * Logs clients out.
 * @param clients undefined: all
 * @returns the logins there were
 * @throws DevregError CLIENT_FILE_DAMAGED, LOGINS_DAMAGED, or when the file system refuses
 */
export async function logOut(
  registries: readonly string[],
  clients: readonly LoginClient[] | undefined,
  { folders, places }: LogoutPorts,
): Promise<KeptLogin[]> {
  return aloneOnMachine(folders, () => forgetFound(registries, clients, { folders, places }));
}

async function forgetFound(
  registries: readonly string[],
  clients: readonly LoginClient[] | undefined,
  { folders, places }: LogoutPorts,
): Promise<KeptLogin[]> {
  const found = await findLogins(places, registries);
  const logins = found.filter(
    ({ client }) => clients === undefined || clients.some((one) => sharesFile(one, client, places)),
  );
  await forgetLogins(places, logins);
  if (clients === undefined) await forgetTold(registries, folders);
  return logins;
}

/**
 * Takes back the logins of a registry's administrator, where it is about to go; what cannot be taken back is said.
 * Logins of others stay: nobody knows what they are for.
 */
export async function dropLogins(
  record: AnyRecord,
  { folders, places }: LogoutPorts,
  progress: Progress,
): Promise<void> {
  const registries = loginNames(record);
  try {
    await aloneOnMachine(folders, async () => {
      await forgetLogins(places, await findOwnLogins(record, places));
      await forgetTold(registries, folders);
    });
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn(`${error.message} Logins for ${registries.join(', ')} may be left.`);
  }
}

/** The logins of a registry's administrator, and those that devreg's helper answers for. */
export async function findOwnLogins(record: AnyRecord, places: LoginPlaces): Promise<KeptLogin[]> {
  const own = record.settings.user.toLowerCase();
  const logins = await findLogins(places, loginNames(record));
  return logins.filter(({ user, where }) => where === 'helper' || user?.toLowerCase() === own);
}

function sharesFile(one: LoginClient, other: LoginClient, { files }: LoginPlaces): boolean {
  return files[one].path === files[other].path;
}

async function forgetTold(registries: readonly string[], folders: Folders): Promise<void> {
  await changeHelperLogins(folders, Object.fromEntries(registries.map((registry) => [registry, undefined])));
}
