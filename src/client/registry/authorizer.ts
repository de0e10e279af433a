/** What a client shows a registry with each request: nothing until it is asked, then what was asked for. */
import {
  type AccessToken,
  type TokenService,
  basicAuthorization,
  fetchToken,
  tokenServiceOf,
} from './access-tokens.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import type { RefusedQuestion } from './registry-failure.ts';
import type { Transport } from './transport.ts';

/** What a request needs to be allowed. */
export interface Need {
  /** `repository:team/app:pull,push` and the like. */
  readonly scopes: readonly string[];
  /** Whose credentials; undefined: those of the registry as a whole. */
  readonly repository: string | undefined;
}

/** Shows credentials. */
export interface Authorizer {
  /** @returns the header; undefined: none. @throws as `fetchToken` does */
  headerFor(need: Need, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Hears what the registry wants instead of what it was shown.
   * @returns whether asking again makes sense
   * @throws DevregError REALM_REFUSED
   */
  learn(challenges: readonly Challenge[], need: Need): boolean;
  /** What it is shown now, for sentences. */
  shown(need: Need): Promise<RefusedQuestion['hasShown']>;
}

type Way = { readonly kind: 'basic' } | { readonly kind: 'bearer'; readonly service: TokenService };

/**
 * Makes an authorizer for one registry.
 * @param find finds the credentials for a repository
 */
export function createAuthorizer(
  transport: Transport,
  origin: () => URL,
  find: (repository: string | undefined) => Promise<Credentials | undefined>,
): Authorizer {
  let way: Way | undefined;
  const tokens = new Map<string, Promise<AccessToken>>();
  /** What challenges asked for beyond what was thought to be needed, by need. */
  const extras = new Map<string, string>();

  const tokenFor = async (
    service: TokenService,
    need: Need,
    key: string,
    signal: AbortSignal,
  ): Promise<AccessToken> => {
    const held = tokens.get(key);
    if (held !== undefined && (await held).until > Date.now()) return held;
    const extra = extras.get(key);
    const scopes = new Set([...need.scopes, ...(extra === undefined ? [] : [extra])]);
    const fetching = find(need.repository).then((who) => fetchToken(transport, service, [...scopes], who, signal));
    tokens.set(key, fetching);
    // A failure is told to those who wait now; the next one asks again.
    fetching.catch(() => tokens.get(key) === fetching && tokens.delete(key));
    return fetching;
  };

  return {
    async headerFor(need, signal) {
      if (way === undefined) return undefined;
      const credentials = await find(need.repository);
      if (credentials?.kind === 'bearer') return `Bearer ${credentials.token}`;
      if (way.kind === 'bearer') return `Bearer ${(await tokenFor(way.service, need, keyOf(need), signal)).token}`;
      return credentials?.kind === 'password' ? basicAuthorization(credentials) : undefined;
    },
    learn(challenges, need) {
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
      if (bearer !== undefined) {
        way = { kind: 'bearer', service: tokenServiceOf(bearer, origin()) };
        const scope = bearer.parameters.get('scope');
        if (scope !== undefined && scope !== '' && !need.scopes.includes(scope)) extras.set(keyOf(need), scope);
        tokens.delete(keyOf(need));
        return true;
      }
      const knewBasic = way?.kind === 'basic';
      if (challenges.some(({ scheme }) => scheme === 'basic')) way = { kind: 'basic' };
      return way?.kind === 'basic' && !knewBasic;
    },
    async shown(need) {
      const credentials = await find(need.repository);
      if (way === undefined || credentials === undefined) return 'nothing';
      return way.kind === 'bearer' && credentials.kind !== 'bearer' ? 'token' : 'login';
    },
  };
}

function keyOf({ scopes, repository }: Need): string {
  return [repository ?? '', ...scopes].join(' ');
}
