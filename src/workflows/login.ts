/** The recipe of `devreg login`: the registry is asked first, then every client is logged in. */
import { join } from 'node:path';
import { DevregError } from '../errors.ts';
import { packageFolder } from '../rendering/assets.ts';
import type { CredentialStore } from '../state/credentials.ts';
import type { Folders } from '../state/folders.ts';
import { changeHelperLogins } from '../state/helper-logins.ts';
import type { AnyRecord } from '../state/record.ts';
import { LOGIN_CLIENTS, type LoginClient } from '../trust/client-files.ts';
import { type LoginResult, findClients, loginClients, prepareClients } from '../trust/client-login.ts';
import type { LoginPlaces } from '../trust/client-logins.ts';
import { HELPER_PROGRAM, registerHelper } from '../trust/credential-helpers.ts';
import { askDoor } from './cluster/door-check.ts';
import { ownDoor } from './door.ts';
import { aloneOnMachine } from './machine-lock.ts';
import { type Authority, readAuthority } from './own-authority.ts';
import type { Progress } from './progress.ts';

/** What is asked for. */
export interface LoginOrder {
  readonly record: AnyRecord;
  /** Names of it, `host:port`. */
  readonly registries: readonly string[];
  /** Undefined: every one that is installed. */
  readonly clients: readonly LoginClient[] | undefined;
  readonly user: string;
  /** Undefined: the administrator's. */
  readonly password: string | undefined;
  /** Whether clients shall ask devreg's helper each time instead of keeping the password. */
  readonly helper: boolean;
}

/** What the recipe works with. */
export interface LoginPorts {
  readonly folders: Folders;
  readonly credentials: CredentialStore;
  readonly places: LoginPlaces;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What a registry says to credentials that are not right. */
const REFUSED = 'status 401';

/**
 * Logs clients in.
 * @returns what became of each client and registry
 * @throws DevregError LOGIN_REFUSED, REGISTRY_SILENT, SECRET_NOT_FOUND, CLIENT_ABSENT, HELPER_ABSENT, those of clients'
 *   files; the signal's reason when it aborts
 */
export async function logIn(order: LoginOrder, ports: LoginPorts): Promise<LoginResult[]> {
  const { record, registries, user } = order;
  const { folders, places, signal } = ports;
  const clients = await chooseClients(order, places);
  const password = order.password ?? (await ownPassword(record, ports.credentials));
  const ca = await readAuthority(record, folders);
  await askRegistry(record, { user, password }, ca);
  const request = { registries, clients, files: places.files, ca, isPlain: ca === undefined, signal };
  if (order.helper) return aloneOnMachine(folders, () => useHelper(order, request, ports), signal);
  return ports.progress.step(`Logging in as ${user}`, () =>
    aloneOnMachine(ports.folders, () => loginClients(places.runner, { ...request, user, password }), signal),
  );
}

async function chooseClients({ clients }: LoginOrder, { runner }: LoginPlaces): Promise<LoginClient[]> {
  const found = await findClients(runner, clients ?? LOGIN_CLIENTS);
  const missing = (clients ?? []).filter((client) => !found.includes(client));
  if (missing.length === 0 && found.length > 0) return found;
  const names = (missing.length > 0 ? missing : LOGIN_CLIENTS).join(', ');
  throw new DevregError('prerequisite', 'CLIENT_ABSENT', `There is no client to log in: ${names} not on the PATH.`, {
    hint: 'Install one of them, or see with --print what it would be given.',
  });
}

async function ownPassword({ name }: AnyRecord, credentials: CredentialStore): Promise<string> {
  const known = await credentials.find(name);
  if (known !== undefined) return known.password;
  throw new DevregError('not-found', 'SECRET_NOT_FOUND', `The password of ${name} is gone.`, {
    hint: 'devreg create draws a new one, or give one by --password-stdin.',
  });
}

/** Some clients keep credentials without asking, and others tell an unreachable registry from a wrong password badly. */
async function askRegistry(
  record: AnyRecord,
  credentials: { readonly user: string; readonly password: string },
  ca: Authority | undefined,
): Promise<void> {
  const { name } = record;
  const problem = await askDoor(ownDoor(record, ca?.pem), credentials);
  if (problem === undefined) return;
  if (problem === REFUSED)
    throw new DevregError(
      'credentials',
      'LOGIN_REFUSED',
      `The registry ${name} does not know this user and password.`,
      {
        hint: 'Leave out --username and --password-stdin, or draw new credentials with devreg rotate.',
      },
    );
  throw new DevregError('failure', 'REGISTRY_SILENT', `The registry ${name} does not answer: ${problem}.`, {
    hint: `See devreg status; devreg start --name ${name} runs it again.`,
  });
}

type HelperRequest = Parameters<typeof prepareClients>[1] & { readonly clients: readonly LoginClient[] };

/** What others than podman ask stands in docker's file, whoever of them is there. */
async function useHelper(
  { record, registries, user, password }: LoginOrder,
  request: HelperRequest,
  { places, folders }: LoginPorts,
): Promise<LoginResult[]> {
  const { runner, files } = places;
  if ((await runner.find(HELPER_PROGRAM)) === undefined) throw helperAbsent();
  const isOwn = password === undefined && user === record.settings.user;
  const told = isOwn || password === undefined ? undefined : { user, secret: password };
  await changeHelperLogins(folders, Object.fromEntries(registries.map((registry) => [registry, told])));
  const needsDocker = request.clients.some((client) => client !== 'podman');
  await registerHelper(
    files,
    [...new Set([...(needsDocker ? ['docker' as const] : []), ...request.clients])],
    registries,
  );
  await prepareClients(runner, request);
  return request.clients.flatMap((client) =>
    registries.map((registry) => ({ client, registry, outcome: 'done' as const })),
  );
}

function helperAbsent(): DevregError {
  const program = join(packageFolder(), 'bin', `${HELPER_PROGRAM}.js`);
  return new DevregError('prerequisite', 'HELPER_ABSENT', `${HELPER_PROGRAM} is not on the PATH.`, {
    hint: `Clients look for it there: npm install -g devreg, or ln -s ${program} ~/.local/bin/${HELPER_PROGRAM}.`,
  });
}
