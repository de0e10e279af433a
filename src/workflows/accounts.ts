/** Which registry's accounts a command is about, and as whom it asks. */
import { parseRegistryAddress } from '../client/address.ts';
import { type AccountsClient, createAccountsClient } from '../client/accounts-client.ts';
import { DevregError } from '../errors.ts';
import { readIfPresent } from '../optional-files.ts';
import { drawPassword } from '../state/password.ts';
import type { Folders } from '../state/folders.ts';
import { authorityCertificate } from '../state/paths.ts';
import type { AnyRecord } from '../state/record.ts';
import { chooseRecord } from './chosen-registry.ts';
import type { State } from './open-state.ts';

/** What was asked for. */
export interface AccountsRequest {
  /** The name of a registry that devreg made. */
  readonly name: string | undefined;
  /** The address of any other. */
  readonly registry: string | undefined;
  /** Who logs in; the administrator of the named registry when undefined. */
  readonly user: string | undefined;
  /** Undefined: the one that devreg knows. */
  readonly password: string | undefined;
}

/** A registry's accounts. */
export interface OpenAccounts {
  readonly client: AccountsClient;
  /** The administrator that devreg made, whose password it keeps; undefined for a registry it did not make. */
  readonly keptUser: string | undefined;
}

/** A registry that devreg made is asked at its port of this machine, whatever its other names lead to. */
const LOOPBACK = '127.0.0.1';

/**
 * Opens the accounts of a registry; nothing is asked yet.
 * @throws DevregError REGISTRY_NOT_FOUND, NAME_REFUSED, ADDRESS_REFUSED, OPTION_MISSING, CREDENTIALS_LOST
 */
export async function openAccounts(
  request: AccountsRequest,
  { records, credentials, folders }: State,
  signal: AbortSignal,
): Promise<OpenAccounts> {
  if (request.registry !== undefined) return openElsewhere(request, request.registry, folders, signal);
  const record = chooseRecord(request.name, await records.list());
  const { name, settings } = record;
  const user = request.user ?? settings.user;
  const isKept = isSameUser(user, settings.user);
  const password = request.password ?? (isKept ? (await credentials.find(name))?.password : undefined);
  if (password === undefined) throw isKept ? credentialsLost(record) : passwordMissing(user);
  const isSecure = settings.tls !== 'off';
  const address = new URL(`${isSecure ? 'https' : 'http'}://localhost:${settings.registryPort}`);
  const authority = isSecure ? await readIfPresent(authorityCertificate(folders)) : undefined;
  const client = createAccountsClient({ address, connectTo: LOOPBACK, authority, user, password }, signal);
  return { client, keptUser: settings.user };
}

async function openElsewhere(
  { name, user, password }: AccountsRequest,
  registry: string,
  folders: Folders,
  signal: AbortSignal,
): Promise<OpenAccounts> {
  if (name !== undefined) throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --name or --registry.');
  if (user === undefined) throw missing('Who logs in there? Add --user and --password-stdin.');
  if (password === undefined) throw passwordMissing(user);
  const address = parseRegistryAddress(registry);
  const authority = await readIfPresent(authorityCertificate(folders));
  const client = createAccountsClient({ address, connectTo: undefined, authority, user, password }, signal);
  return { client, keptUser: undefined };
}

/**
 * Refuses what `devreg create` would undo: the password of its administrator is the one that devreg keeps.
 * @throws DevregError ADMINISTRATOR_KEPT
 */
export function refuseKept(user: string, { keptUser }: OpenAccounts, hint: string): void {
  if (keptUser === undefined || !isSameUser(user, keptUser)) return;
  const message = `devreg keeps ${keptUser} and its password for this registry.`;
  throw new DevregError('conflict', 'ADMINISTRATOR_KEPT', message, { hint });
}

/** A password that nobody has had before. */
export function newPassword(): string {
  return drawPassword();
}

function isSameUser(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function credentialsLost({ name, settings }: AnyRecord): DevregError {
  const message = `The password of ${settings.user} for ${name} is not kept any more.`;
  return new DevregError('credentials', 'CREDENTIALS_LOST', message, {
    hint: 'devreg create draws a new one, or log in as somebody else with --user and --password-stdin.',
  });
}

function passwordMissing(user: string): DevregError {
  return missing(`The password of ${user}? Add --password-stdin.`);
}

function missing(message: string): DevregError {
  return new DevregError('usage', 'OPTION_MISSING', message);
}
