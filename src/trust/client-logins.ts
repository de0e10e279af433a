/** The logins that clients keep: which there are, and taking them out of the clients' files and stores. */
import { CommandFailedError } from '../process/command-failed-error.ts';
import type { Runner } from '../process/runner.ts';
import { type ClientFile, LOGIN_CLIENTS, type LoginClient } from './client-files.ts';
import { type EntryChange, type LoginFile, entryOf, helperOf, readLoginFile, takeOutEntries } from './login-file.ts';

/** The name by which clients know devreg's own helper, `docker-credential-devreg`. */
export const OWN_HELPER = 'devreg';

/** A login that a client keeps. */
export interface KeptLogin {
  readonly client: LoginClient;
  readonly registry: string;
  /** Who is logged in; undefined when devreg's helper says so anew each time, or nobody can tell. */
  readonly user: string | undefined;
  /** In the client's own file, in the store that the client is set up with, or with devreg's helper. */
  readonly where: 'file' | 'store' | 'helper';
}

/** What looking works with. */
export interface LoginPlaces {
  readonly files: Readonly<Record<LoginClient, ClientFile>>;
  readonly runner: Runner;
}

/** A store that asks its user for a password must not keep us waiting for ever. */
const PATIENCE_MS = 30_000;

/**
 * Finds the logins for some registries. Of clients that share a file the first one has them.
 * @throws DevregError CLIENT_FILE_DAMAGED, or when the file system refuses
 */
export async function findLogins(places: LoginPlaces, registries: readonly string[]): Promise<KeptLogin[]> {
  const found: KeptLogin[] = [];
  for (const client of ownersOf(places)) {
    const facts = places.files[client];
    const file = await readLoginFile(facts.path);
    for (const registry of registries) {
      const login = await findIn(file, facts, registry, places.runner);
      if (login !== undefined) found.push({ client, registry, ...login });
    }
  }
  return found;
}

/**
 * Takes logins out of the clients' files, and out of the stores that they are set up with.
 * @throws DevregError as `findLogins` does
 */
export async function forgetLogins({ files, runner }: LoginPlaces, logins: readonly KeptLogin[]): Promise<void> {
  for (const client of new Set(logins.map((login) => login.client))) {
    const facts = files[client];
    const file = await readLoginFile(facts.path);
    const own = logins.filter((login) => login.client === client);
    for (const { registry } of own.filter(({ where }) => where === 'store'))
      await askStore(file, 'erase', registry, runner);
    await takeOutEntries(
      facts.path,
      own.flatMap(({ registry }) => removalOf(file, facts, registry)),
    );
  }
}

/** crane has docker's file. */
function ownersOf({ files }: LoginPlaces): LoginClient[] {
  const paths = LOGIN_CLIENTS.map((client) => files[client].path);
  return LOGIN_CLIENTS.filter((client, index) => paths.indexOf(files[client].path) === index);
}

async function findIn(
  file: LoginFile,
  { section, hasHelpers }: ClientFile,
  registry: string,
  runner: Runner,
): Promise<Pick<KeptLogin, 'user' | 'where'> | undefined> {
  const entry = entryOf(file, section, registry);
  const helper = hasHelpers ? helperOf(file, registry) : undefined;
  if (helper === OWN_HELPER) return { user: undefined, where: 'helper' };
  if (entry === undefined) return undefined;
  if (section === 'hosts')
    return typeof entry['user'] === 'string' ? { user: entry['user'], where: 'file' } : undefined;
  const isInFile = typeof entry['auth'] === 'string' || typeof entry['identitytoken'] === 'string';
  if (isInFile) return { user: userOf(entry['auth']), where: 'file' };
  return helper === undefined
    ? { user: undefined, where: 'file' }
    : { user: await askStore(file, 'get', registry, runner), where: 'store' };
}

function userOf(auth: unknown): string | undefined {
  if (typeof auth !== 'string') return undefined;
  const [user] = Buffer.from(auth, 'base64').toString().split(':', 1);
  return user === '' ? undefined : user;
}

/** What regctl was told about reaching the registry goes with the login, unless the user has told it more. */
const OF_LOGIN = new Set(['user', 'pass', 'tls', 'regcert', 'hostname', 'reqConcurrent']);
const SECRETS = new Set(['user', 'pass']);

function removalOf(file: LoginFile, { section, hasHelpers }: ClientFile, registry: string): EntryChange[] {
  const entry = entryOf(file, section, registry) ?? {};
  const isOurs = section === 'auths' || Object.keys(entry).every((key) => OF_LOGIN.has(key));
  const left = Object.fromEntries(Object.entries(entry).filter(([key]) => !SECRETS.has(key)));
  const changes: EntryChange[] = [{ at: [section, registry], value: isOurs ? undefined : left }];
  const isHelped = hasHelpers && helperOf(file, registry) === OWN_HELPER;
  return isHelped ? [...changes, { at: ['credHelpers', registry], value: undefined }] : changes;
}

/**
 * Speaks to the store as docker does. One that fails, or has nothing, is as good as none.
 * @returns the user whose credentials it has
 */
async function askStore(
  file: LoginFile,
  what: 'get' | 'erase',
  registry: string,
  runner: Runner,
): Promise<string | undefined> {
  const program = `docker-credential-${helperOf(file, registry)}`;
  try {
    const { stdout } = await runner.run({ program, args: [what], input: registry, timeout: PATIENCE_MS });
    return what === 'get' ? readUser(stdout) : undefined;
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    return undefined;
  }
}

function readUser(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    const isAnswer = typeof answer === 'object' && answer !== null && 'Username' in answer;
    return isAnswer && typeof answer.Username === 'string' ? answer.Username : undefined;
  } catch {
    return undefined;
  }
}
