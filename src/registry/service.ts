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
import { andThen } from './core/maybe-promise.ts';
import type { BlobStore, Clock, Metadata } from './core/ports.ts';
import { type Trials, checkReadiness } from './core/readiness.ts';
import { type Exchange, createExchange } from './http/exchange.ts';
import { createOriginReader } from './http/origin.ts';
import { NAMED_REPOSITORIES, createRouteTable } from './http/route.ts';
import type { Log } from './log.ts';
import { createObserver } from './observer.ts';
import type { Settings } from './settings.ts';
import { configuredPolicies, ensureUsers, openness } from './users.ts';

/** Bytes of the key that signs tokens. */
const TOKEN_KEY_BYTES = 32;

/** What a service stands on. */
export interface ServiceParts {
  readonly settings: Settings;
  readonly metadata: Metadata;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A registry that waits for requests; disposing finishes what goes on behind them. */
export interface Service extends AsyncDisposable, Pick<Content, 'garbage'> {
  readonly exchange: Exchange;
  /**
   * Takes over what can be taken over of other settings; when that fails, all stays as it was.
   * @throws UsersNeededError; RangeError for a network that is none; the errors of metadata
   */
  reload(next: RegistryConfig): Promise<void>;
}

/**
 * Puts the rooms together.
 * @throws UsersNeededError
 */
export async function createService({ settings, metadata, blobs: store, clock, log }: ServiceParts): Promise<Service> {
  const config = settings.current;
  await using opened = new AsyncDisposableStack();
  await ensureUsers(metadata, config.users);
  let derived = await derive(config, metadata);
  const policies = () => configuredPolicies(config);
  const accounts = createAccounts(metadata, { permissions: (users) => derived.open(users), policies }, clock);
  const tokens = createBearerTokens(await metadata.secret('token-key', TOKEN_KEY_BYTES), clock);
  const passwords = createPasswordCheck();
  const authenticator = createAuthenticator(accounts, tokens, passwords, clock);

  const { onDone, onFault, onCollected, onReadiness, metrics } = createObserver(metadata, clock, log);
  const content = opened.use(await openContent({ config, metadata, store, clock, log, onCollected }));
  const readiness = checkReadiness(trialsOf(metadata, store), onReadiness);
  let current = await accounts.current();
  const exchange = createExchange({
    endpoints: createEndpoints(
      content.useCases,
      { authenticator, tokens, clock },
      { metadata, passwords, clock, configured: policies },
      { metrics, readiness },
      config,
    ),
    routes: { find: (host, path) => derived.routes.find(host, path) },
    readOrigin: (message) => derived.readOrigin(message),
    authenticate: (authorization, client) =>
      andThen(accounts.current(), (accountsNow) => {
        current = accountsNow;
        return authenticator.authenticate(authorization, client);
      }),
    access: createAccess(() => current),
    challenge,
    onDone,
    onFault,
  });
  const keep = opened.move();
  return {
    exchange,
    garbage: content.garbage,
    async reload(next) {
      const following = await derive({ ...next, listen: config.listen }, metadata);
      await takeOver(next, settings, metadata, content.garbage);
      derived = following;
      accounts.forget();
    },
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

function trialsOf(metadata: Metadata, store: BlobStore): Trials {
  return { database: () => metadata.tryWriting(), storage: () => store.tryWriting() };
}

/** Of what can fail, nothing comes after the settings are taken. */
async function takeOver(
  next: RegistryConfig,
  settings: Settings,
  metadata: Metadata,
  garbage: Content['garbage'],
): Promise<void> {
  await ensureUsers(metadata, next.users);
  if (next.gcInterval !== settings.current.gcInterval) garbage.setInterval(next.gcInterval);
  settings.take(next);
}

/** What follows from settings. */
async function derive(config: RegistryConfig, metadata: Metadata) {
  const { listen, anonymousPush, users, routes, trustedProxies } = config;
  const hasUsers = users.length > 0 || (await metadata.listUsers()).length > 0;
  return {
    open: openness(listen, anonymousPush, hasUsers),
    routes: createRouteTable([...routes, NAMED_REPOSITORIES]),
    readOrigin: createOriginReader(trustedProxies),
  };
}
