/**
 * The protocol between clients and a program that keeps credentials for them. Clients read what it says on standard
 * output, errors included, and know some of the sentences.
 * @see https://github.com/docker/docker-credential-helpers
 */

/** Credentials of one registry. */
export interface HeldLogin {
  readonly user: string;
  readonly secret: string;
}

/** Who has the credentials; a registry is given as the client wrote it. */
export interface Keeper {
  /** @returns undefined when it has none */
  get(server: string): HeldLogin | undefined;
  /** @returns a sentence when it will not keep them */
  store(server: string, login: HeldLogin): Promise<string | undefined>;
  /** Having none is fine. */
  erase(server: string): Promise<void>;
  /** Users by registry. */
  list(): Readonly<Record<string, string>>;
}

/** What is written to standard output, and how the program ends. */
export interface Answer {
  readonly text: string;
  readonly exitCode: 0 | 1;
}

const PROGRAM = 'docker-credential-devreg';
const USAGE = `Usage: ${PROGRAM} <store|get|erase|list|version>`;

/** Sentences that clients compare with. */
const NOT_FOUND = 'credentials not found in native keychain';
const NO_SERVER = 'no credentials server URL';
const NO_USER = 'no credentials username';

const DONE: Answer = { text: '', exitCode: 0 };

/**
 * Answers one call.
 * @param words the arguments of the program
 * @param readInput reads all of standard input; called only where the action has one
 */
export async function answer(
  words: readonly string[],
  readInput: () => string,
  keeper: Keeper,
  version: string,
): Promise<Answer> {
  const [action, ...others] = words;
  if (action === undefined || others.length > 0) return fail(USAGE);
  switch (action) {
    case '--help':
    case '-h':
      return say(USAGE);
    case 'get':
      return get(readInput().trim(), keeper);
    case 'store':
      return store(readInput(), keeper);
    case 'erase':
      return erase(readInput().trim(), keeper);
    case 'list':
      return say(JSON.stringify(keeper.list()));
    case 'version':
    case '--version':
    case '-v':
      return say(`${PROGRAM} (devreg) ${version}`);
    default:
      return fail(`${PROGRAM}: unknown action: ${action}`);
  }
}

function get(server: string, keeper: Keeper): Answer {
  if (server === '') return fail(NO_SERVER);
  const login = keeper.get(server);
  if (login === undefined) return fail(NOT_FOUND);
  return say(JSON.stringify({ ServerURL: server, Username: login.user, Secret: login.secret }));
}

async function store(input: string, keeper: Keeper): Promise<Answer> {
  const { ServerURL: server, Username: user, Secret: secret } = parse(input);
  if (typeof server !== 'string' || server.trim() === '') return fail(NO_SERVER);
  if (typeof user !== 'string' || user === '') return fail(NO_USER);
  const refusal = await keeper.store(server, { user, secret: typeof secret === 'string' ? secret : '' });
  return refusal === undefined ? DONE : fail(refusal);
}

async function erase(server: string, keeper: Keeper): Promise<Answer> {
  if (server === '') return fail(NO_SERVER);
  await keeper.erase(server);
  return DONE;
}

function parse(input: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(input);
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}

function say(line: string): Answer {
  return { text: `${line}\n`, exitCode: 0 };
}

function fail(line: string): Answer {
  return { text: `${line}\n`, exitCode: 1 };
}
