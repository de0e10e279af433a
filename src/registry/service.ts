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
import { type Exchange, createExchange } from './http/exchange.ts';
import { createOriginReader } from './http/origin.ts';
import { NAMED_REPOSITORIES, createRouteTable } from './http/route.ts';
import type { Log } from './log.ts';
import { createObserver } from './observer.ts';
import { configuredPolicies, ensureUsers, openness } from './users.ts';

/** Bytes of the key that signs tokens. */
const TOKEN_KEY_BYTES = 32;

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

  const { onDone, onFault, onCollected, metrics } = createObserver(metadata, clock, log);
  const content = opened.use(await openContent({ config, metadata, store, clock, log, onCollected }));
  let current = await accounts.current();
  const exchange = createExchange({
    endpoints: createEndpoints(
      content.useCases,
      { authenticator, tokens, clock },
      { metadata, passwords, clock, configured: policies },
      metrics,
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
    onDone,
    onFault,
  });
  const keep = opened.move();
  return {
    exchange,
    garbage: content.garbage,
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}
