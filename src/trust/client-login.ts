/** Logs the registry clients of this machine in, by their own programs: they know where credentials go. */
import { CommandFailedError } from '../process/command-failed-error.ts';
import type { Command, Runner } from '../process/runner.ts';
import { tellFailure } from '../process/tell-failure.ts';
import { type LoginTarget, factsOf } from './client-commands.ts';
import type { ClientFile, LoginClient } from './client-files.ts';
import { keepOthers } from './login-file.ts';

/** What became of one client and one registry: `absent` when the client is not installed. */
export type LoginResult = { readonly client: LoginClient; readonly registry: string } & (
  | { readonly outcome: 'done' | 'absent' }
  | {
      readonly outcome: 'failed';
      /** A sentence of the client's. */
      readonly reason: string;
    }
);

/** Where clients log in. */
export interface ClientRequest {
  /** Each `host:port`, as images are named. */
  readonly registries: readonly string[];
  /** Docker and podman unless given. */
  readonly clients?: readonly LoginClient[];
  /** Where each client keeps its logins: other entries stay as they are to the byte. */
  readonly files: Readonly<Record<LoginClient, ClientFile>>;
  /** The authority's certificate, for clients that are told of it when they log in. */
  readonly ca?: LoginTarget['ca'];
  /** Whether the registries speak plain HTTP alone, which some clients must be told. */
  readonly isPlain?: boolean;
  readonly signal?: AbortSignal;
}

/** Who logs in where. */
export interface LoginRequest extends ClientRequest {
  readonly user: string;
  readonly password: string;
}

const USUAL_CLIENTS: readonly LoginClient[] = ['docker', 'podman'];

/** Clients ask the registry, which may hang. */
const PATIENCE_MS = 30_000;

/** A program with what it is to do, once for each registry. */
interface Task {
  readonly client: LoginClient;
  readonly commands: (target: LoginTarget) => readonly Pick<Command, 'args' | 'input'>[];
}

/**
 * Logs every client that is installed in to every registry, one after the other: each keeps all its credentials in one
 * file.
 * @returns a result for each client and registry
 * @throws DevregError CLIENT_FILE_DAMAGED, or when the file system refuses; the signal's reason when it aborts
 */
export async function loginClients(runner: Runner, request: LoginRequest): Promise<LoginResult[]> {
  const { clients = USUAL_CLIENTS, user, password } = request;
  return doAll(runner, request, clients, (client) => {
    const { prepare, login } = factsOf(client);
    return (target) => {
      const preparation = prepare?.(target);
      const first = preparation === undefined ? [] : [{ args: preparation }];
      return [...first, { args: login(target, user), input: password }];
    };
  });
}

/**
 * Tells the clients that need it how to reach the registries, without logging in.
 * @throws as `loginClients` does
 */
export async function prepareClients(runner: Runner, request: ClientRequest): Promise<LoginResult[]> {
  const clients = (request.clients ?? USUAL_CLIENTS).filter((client) => factsOf(client).prepare !== undefined);
  return doAll(runner, request, clients, (client) => (target) => {
    const preparation = factsOf(client).prepare?.(target);
    return preparation === undefined ? [] : [{ args: preparation }];
  });
}

/** Which clients are there. */
export async function findClients(runner: Runner, clients: readonly LoginClient[]): Promise<LoginClient[]> {
  const programs = await Promise.all(clients.map((client) => findFirst(runner, factsOf(client).programs)));
  return clients.filter((_, index) => programs[index] !== undefined);
}

async function doAll(
  runner: Runner,
  request: ClientRequest,
  clients: readonly LoginClient[],
  commandsOf: (client: LoginClient) => Task['commands'],
): Promise<LoginResult[]> {
  const results: LoginResult[] = [];
  for (const client of clients)
    results.push(...(await doOne(runner, request, { client, commands: commandsOf(client) })));
  return results;
}

async function doOne(runner: Runner, request: ClientRequest, { client, commands }: Task): Promise<LoginResult[]> {
  const { registries, files, ca, isPlain = false, signal } = request;
  const { programs, env } = factsOf(client);
  const program = await findFirst(runner, programs);
  if (program === undefined) return registries.map((registry) => ({ client, registry, outcome: 'absent' }));
  const common = { program, env: env(files[client].path), timeout: PATIENCE_MS, ...(signal && { signal }) };
  const results: LoginResult[] = [];
  await keepOthers(files[client], registries, async (registry) => {
    const outcome = await attempt(async () => {
      for (const command of commands({ registry, ca, isPlain })) await runner.run({ ...common, ...command });
    });
    results.push({ client, registry, ...outcome });
    return outcome.outcome === 'done';
  });
  return results;
}

async function findFirst(runner: Runner, programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs) if ((await runner.find(program)) !== undefined) return program;
  return undefined;
}

type Outcome = { readonly outcome: 'done' } | { readonly outcome: 'failed'; readonly reason: string };

async function attempt(act: () => Promise<unknown>): Promise<Outcome> {
  try {
    await act();
    return { outcome: 'done' };
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    return { outcome: 'failed', reason: tellFailure(error) };
  }
}
