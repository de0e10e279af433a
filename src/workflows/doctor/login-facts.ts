/** Whether the logins that clients keep are still taken by the registry. */
import type { LoginReport } from '../../doctor/check-logins.ts';
import type { Credentials } from '../../state/credentials.ts';
import type { AnyRecord } from '../../state/record.ts';
import type { LoginClient } from '../../trust/client-files.ts';
import { type KeptLogin, type LoginPlaces, findLogins } from '../../trust/client-logins.ts';
import { entryOf, readLoginFile } from '../../trust/login-file.ts';
import type { Door } from '../door.ts';
import { loginNames } from '../login-names.ts';
import { requestRegistry } from './registry-request.ts';

/** Where to look, and whom to ask. */
export interface LoginSources {
  readonly places: LoginPlaces;
  /** The registry itself; undefined: it cannot be asked. */
  readonly door: Door | undefined;
  /** The administrator's. */
  readonly credentials: Credentials | undefined;
}

/** What a client has for a registry. */
type Secret =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'refresh'; readonly token: string };

/**
 * Looks at every client.
 * @throws DevregError CLIENT_FILE_DAMAGED, or when the file system refuses; the signal's reason when it aborts
 */
export async function readLogins(
  record: AnyRecord,
  sources: LoginSources,
  signal: AbortSignal,
): Promise<LoginReport[]> {
  const { places } = sources;
  const answers = new Map<string, Promise<LoginReport['state']>>();
  const logins = await findLogins(places, loginNames(record));
  return Promise.all(
    logins.map(async (login) => {
      const client = await programOf(login.client, places);
      // The helper gives what is right at the moment.
      if (login.where === 'helper') return { client, registry: login.registry, state: 'good' as const };
      const secret = await readSecret(login, places);
      if (secret === undefined) return { client, registry: login.registry, state: 'unknown' as const };
      const key = JSON.stringify(secret);
      const answer = answers.get(key) ?? judge(secret, record, sources, signal);
      answers.set(key, answer);
      return { client, registry: login.registry, state: await answer };
    }),
  );
}

/** docker's file may be crane's. */
async function programOf(client: LoginClient, { runner }: LoginPlaces): Promise<LoginClient> {
  if (client !== 'docker' || (await runner.find('docker')) !== undefined) return client;
  return (await runner.find('crane')) === undefined ? client : 'crane';
}

async function readSecret({ client, registry }: KeptLogin, { files }: LoginPlaces): Promise<Secret | undefined> {
  const { path, section } = files[client];
  const entry = entryOf(await readLoginFile(path), section, registry) ?? {};
  const token = entry['identitytoken'];
  if (typeof token === 'string' && token !== '') return { kind: 'refresh', token };
  if (section === 'hosts') return passwordOf(entry['user'], entry['pass']);
  if (typeof entry['auth'] !== 'string') return undefined;
  const [user = '', ...rest] = Buffer.from(entry['auth'], 'base64').toString().split(':');
  return passwordOf(user, rest.join(':'));
}

function passwordOf(user: unknown, password: unknown): Secret | undefined {
  if (typeof user !== 'string' || typeof password !== 'string' || user === '') return undefined;
  return { kind: 'password', user, password };
}

/** Wrong passwords are counted by the registry, so those that are known are not tried. */
async function judge(
  secret: Secret,
  { settings }: AnyRecord,
  { door, credentials }: LoginSources,
  signal: AbortSignal,
): Promise<LoginReport['state']> {
  if (secret.kind === 'password' && credentials !== undefined) {
    const isAdministrator = secret.user.toLowerCase() === settings.user.toLowerCase();
    const isKnown = [credentials.password, credentials.token].includes(secret.password);
    if (isAdministrator && isKnown) return 'good';
  }
  if (door === undefined) return 'unknown';
  const { status } = await ask(secret, door, signal);
  return status === 200 ? 'good' : status === 401 ? 'stale' : 'unknown';
}

/** @see https://distribution.github.io/distribution/spec/auth/oauth/ */
async function ask(secret: Secret, door: Door, signal: AbortSignal) {
  if (secret.kind === 'password') return requestRegistry(door, { method: 'GET', path: '/v2/', login: secret }, signal);
  const form = { grant_type: 'refresh_token', refresh_token: secret.token, service: 'devreg', client_id: 'devreg' };
  const body = {
    type: 'application/x-www-form-urlencoded',
    bytes: Buffer.from(new URLSearchParams(form).toString()),
  };
  return requestRegistry(door, { method: 'POST', path: '/v2/token', body, login: undefined }, signal);
}
