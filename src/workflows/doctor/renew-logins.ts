/** Logs clients in again whose logins a registry does not take any more. */
import type { AnyRecord } from '../../state/record.ts';
import { LOGIN_CLIENTS } from '../../trust/client-files.ts';
import { ownDoor } from '../door.ts';
import { type LoginPorts, logIn } from '../login.ts';
import { readLogins } from './login-facts.ts';
import { readFoundAuthority } from './trust-facts.ts';

/**
 * Renews stale logins, and no others.
 * @throws DevregError as `logIn` does, CLIENT_FILE_DAMAGED; the signal's reason when it aborts
 */
export async function renewLogins(record: AnyRecord, ports: LoginPorts): Promise<void> {
  const { folders, credentials: store, places, signal } = ports;
  const authority = await readFoundAuthority(record, folders);
  const credentials = await store.find(record.name);
  const door = ownDoor(record, authority?.certificate);
  const logins = await readLogins(record, { places, door, credentials }, signal);
  const stale = logins.filter(({ state }) => state === 'stale');
  for (const client of LOGIN_CLIENTS) {
    const registries = stale.filter((one) => one.client === client).map(({ registry }) => registry);
    if (registries.length === 0) continue;
    const order = { record, registries, clients: [client], user: record.settings.user, password: undefined };
    await logIn({ ...order, helper: false }, ports);
  }
}
