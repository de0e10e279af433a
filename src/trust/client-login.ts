/** Logs the registry clients of this machine in and out, by their own programs: they know where credentials go. */
import { CommandFailedError } from '../process/command-failed-error.ts';
import type { Runner } from '../process/runner.ts';
import { tellFailure } from '../process/tell-failure.ts';

/** A client that keeps credentials; skopeo and buildah use podman's. */
export type LoginClient = 'docker' | 'podman';

/** What became of one client and one registry: `absent` when the client is not installed. */
export type LoginResult = { readonly client: LoginClient; readonly registry: string } & (
  | { readonly outcome: 'done' | 'absent' }
  | {
      readonly outcome: 'failed';
      /** A sentence of the client's. */
      readonly reason: string;
    }
);

/** Who logs in where. */
export interface LoginRequest {
  /** Each `host:port`, as images are named. */
  readonly registries: readonly string[];
  readonly user: string;
  readonly password: string;
  /** Whether the registries speak plain HTTP alone, which podman must be told. */
  readonly isPlain?: boolean;
  readonly signal?: AbortSignal;
}

interface ClientFacts {
  readonly client: LoginClient;
  /** What lets it speak plain HTTP, where it does not find that out by itself. */
  readonly plain: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const CLIENTS: readonly ClientFacts[] = [
  { client: 'docker', plain: [], env: {} },
  // It would find docker's login in docker's folder, and refuse to log in where docker holds a token.
  { client: 'podman', plain: ['--tls-verify=false'], env: { DOCKER_CONFIG: '/nonexistent' } },
];

/** What a client says that had nothing to forget. */
const NOT_LOGGED_IN = /not logged in/i;

/** Clients ask the registry, which may hang. */
const PATIENCE_MS = 30_000;

/**
 * Logs every client that is installed in to every registry.
 * @returns a result for each client and registry
 * @throws the signal's reason when it aborts
 */
export async function loginClients(runner: Runner, request: LoginRequest): Promise<LoginResult[]> {
  const { registries, user, password, isPlain = false, signal } = request;
  return forEach(runner, registries, ({ client, plain, env }, registry) =>
    runner.run({
      program: client,
      args: ['login', ...(isPlain ? plain : []), '--username', user, '--password-stdin', registry],
      input: password,
      env,
      timeout: PATIENCE_MS,
      ...(signal && { signal }),
    }),
  );
}

/**
 * Makes every client that is installed forget its credentials for every registry; having none is fine.
 * @returns a result for each client and registry
 */
export async function logoutClients(runner: Runner, registries: readonly string[]): Promise<LoginResult[]> {
  return forEach(runner, registries, async ({ client, env }, registry) => {
    try {
      await runner.run({ program: client, args: ['logout', registry], env, timeout: PATIENCE_MS });
    } catch (error) {
      if (!(error instanceof CommandFailedError) || !NOT_LOGGED_IN.test(error.stderr)) throw error;
    }
  });
}

/** One after the other: each client keeps all its credentials in one file. */
async function forEach(
  runner: Runner,
  registries: readonly string[],
  act: (facts: ClientFacts, registry: string) => Promise<unknown>,
): Promise<LoginResult[]> {
  const results: LoginResult[] = [];
  for (const facts of CLIENTS) {
    const { client } = facts;
    const isThere = (await runner.find(client)) !== undefined;
    for (const registry of registries) {
      const result = isThere ? await attempt(() => act(facts, registry)) : { outcome: 'absent' as const };
      results.push({ client, registry, ...result });
    }
  }
  return results;
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
