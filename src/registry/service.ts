/** The registry without a socket: use cases over the stores, endpoints over the use cases, one handler for all. */
import { createEndpoints } from './api/endpoints.ts';
import { createAccounts } from './auth/accounts.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { createBearerTokens } from './auth/bearer-token.ts';
import { challenge } from './auth/challenge.ts';
import { createPasswordCheck } from './auth/password-check.ts';
import type { RegistryConfig } from './config.ts';
import { type Content, openContent } from './content.ts';
import { createAccess } from './core/access.ts';
import type { BlobStore, Clock, Metadata } from './core/ports.ts';
import { type Exchange, type FinishedExchange, createExchange } from './http/exchange.ts';
import { createOriginReader } from './http/origin.ts';
import { NAMED_REPOSITORIES, createRouteTable } from './http/route.ts';
import { PROBE_PATHS } from './http/router.ts';
import type { Log } from './log.ts';
import { configuredPolicies, ensureUsers, openness } from './users.ts';

/** Bytes of the key that signs tokens. */
const TOKEN_KEY_BYTES = 32;

const OK = 200;

/** What a service stands on. */
export interface ServiceParts {
  readonly config: RegistryConfig;
  readonly metadata: Metadata;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A registry that waits for requests; disposing finishes what goes on behind them. */
export interface Service extends AsyncDisposable, Pick<Content, 'garbage'> {
  readonly exchange: Exchange;
}

/**
 * Puts the rooms together.
 * @throws UsersNeededError
 */
export async function createService({ config, metadata, blobs: store, clock, log }: ServiceParts): Promise<Service> {
  await using opened = new AsyncDisposableStack();
  await ensureUsers(metadata, config.users);
  const hasUsers = (await metadata.listUsers()).length > 0;
  const policies = configuredPolicies(config);
  const open = openness(config.listen, config.anonymousPush, hasUsers);
  const accounts = createAccounts(metadata, { permissions: open, policies }, clock);
  const tokens = createBearerTokens(await metadata.secret('token-key', TOKEN_KEY_BYTES), clock);
  const passwords = createPasswordCheck();
  const authenticator = createAuthenticator(accounts, tokens, passwords, clock);

  const content = opened.use(await openContent({ config, metadata, store, clock, log }));
  let current = await accounts.current();
  const exchange = createExchange({
    endpoints: createEndpoints(
      content.useCases,
      { authenticator, tokens, clock },
      { metadata, passwords, clock, configured: policies },
      config,
    ),
    routes: createRouteTable([...config.routes, NAMED_REPOSITORIES]),
    readOrigin: createOriginReader(config.trustedProxies),
    async authenticate(authorization, client) {
      current = await accounts.current();
      return authenticator.authenticate(authorization, client);
    },
    access: createAccess(() => current),
    challenge,
    onDone: (done) => logRequest(log, done),
    onFault: (request, error) => log.error('request.failed', { request, error: describe(error) }),
  });
  const keep = opened.move();
  return {
    exchange,
    garbage: content.garbage,
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

/** Probes come every few seconds; only those that fail are worth a line. */
function logRequest(log: Log, { request, status, bytes, milliseconds }: FinishedExchange): void {
  if (PROBE_PATHS.has(request.path) && status === OK) return;
  log.info('request', {
    request: request.id,
    client: request.origin.client,
    user: request.principal.user?.name,
    method: request.method,
    host: request.origin.host,
    path: request.path,
    status,
    bytes,
    ms: Math.round(milliseconds * 10) / 10,
    agent: request.headers['user-agent'],
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
