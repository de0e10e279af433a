/** The registry without a socket: use cases over the stores, endpoints over the use cases, one handler for all. */
import { createEndpoints } from './api/endpoints.ts';
import { createAccounts } from './auth/accounts.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { createBearerTokens } from './auth/bearer-token.ts';
import { bearerChallenge } from './auth/challenge.ts';
import { createPasswordCheck } from './auth/password-check.ts';
import type { RegistryConfig } from './config.ts';
import { createAccess } from './core/access.ts';
import { createBlobs } from './core/blobs.ts';
import { createCatalog } from './core/catalog.ts';
import { createManifests } from './core/manifests.ts';
import type { BlobStore, Clock, Metadata } from './core/ports.ts';
import { createUploads } from './core/uploads.ts';
import { type Exchange, type FinishedExchange, createExchange } from './http/exchange.ts';
import { createOriginReader } from './http/origin.ts';
import { NAMED_REPOSITORIES, createRouteTable } from './http/route.ts';
import { PROBE_PATHS } from './http/router.ts';
import { createIndexWriter } from './layout/index-writer.ts';
import type { Log } from './log.ts';
import { ensureUsers, openness } from './users.ts';

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
export interface Service extends AsyncDisposable {
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
  const accounts = createAccounts(metadata, openness(config.listen, config.anonymousPush, hasUsers), clock);
  const tokens = createBearerTokens(await metadata.secret('token-key', TOKEN_KEY_BYTES), clock);
  const authenticator = createAuthenticator(accounts, tokens, createPasswordCheck(), clock);

  const indexWriter = opened.use(
    createIndexWriter(metadata, store, (error) => log.error('index.failed', { error: describe(error) })),
  );
  const uploads = opened.use(createUploads(metadata, store, clock));
  const manifests = createManifests(metadata, {
    allowSparse: config.allowSparse,
    onChange: () => indexWriter.noteChange(),
  });
  const useCases = { blobs: createBlobs(metadata, store), uploads, manifests, catalog: createCatalog(metadata) };

  let permissions = (await accounts.current()).permissions;
  const exchange = createExchange({
    endpoints: createEndpoints(useCases, { authenticator, tokens, clock }, config),
    routes: createRouteTable([...config.routes, NAMED_REPOSITORIES]),
    readOrigin: createOriginReader(config.trustedProxies),
    async authenticate(authorization) {
      ({ permissions } = await accounts.current());
      return authenticator.authenticate(authorization);
    },
    access: createAccess(() => permissions),
    challenge: bearerChallenge,
    onDone: (done) => logRequest(log, done),
    onFault: (request, error) => log.error('request.failed', { request, error: describe(error) }),
  });
  indexWriter.noteChange();
  const keep = opened.move();
  return { exchange, [Symbol.asyncDispose]: () => keep.disposeAsync() };
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
