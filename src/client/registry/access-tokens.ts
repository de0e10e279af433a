/** Access tokens: asked for at the place that a challenge names, kept until they end. */
import { DevregError } from '../../errors.ts';
import { isObject, readJson } from './answer-body.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { strayReason } from './origins.ts';
import { registryFailure } from './registry-failure.ts';
import type { Transport } from './transport.ts';

/** Where tokens are to be had, and for whom. */
export interface TokenService {
  readonly realm: URL;
  readonly service: string | undefined;
}

/** A token that was handed out. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds of the epoch; afterwards a new one is better. */
  readonly until: number;
}

/** How long a token lasts whose end is not said. @see https://distribution.github.io/distribution/spec/auth/token/ */
const USUAL_SECONDS = 60;

/** A token is not used any more when it has this part of its time left. */
const MARGIN = 0.2;

/** Tokens that list many rights have some kilobytes. */
const ANSWER_MAX_BYTES = 1024 * 1024;

const CLIENT_ID = 'devreg';

/**
 * Where a challenge sends its reader for a token.
 * @param registry where the challenge came from
 * @throws DevregError REALM_REFUSED
 */
export function tokenServiceOf(challenge: Challenge, registry: URL): TokenService {
  const text = challenge.parameters.get('realm') ?? '';
  const realm = URL.parse(text);
  const reason = realm === null ? `${JSON.stringify(text)}, which is no address` : strayReason(registry, realm);
  if (realm === null || reason !== undefined) {
    throw new DevregError(
      'failure',
      'REALM_REFUSED',
      `The registry at ${registry.host} wants credentials at ${reason}.`,
      {
        hint: 'Its token realm is set wrong, or somebody is after your password.',
      },
    );
  }
  return { realm, service: challenge.parameters.get('service') };
}

/**
 * Asks for a token. It may stand for less than the scopes: what is missing is refused when it is used.
 * @throws DevregError LOGIN_REFUSED, CREDENTIALS_NEEDED, REGISTRY_FAILED, ANSWER_STRANGE; what the connection fails with
 */
export async function fetchToken(
  transport: Transport,
  { realm, service }: TokenService,
  scopes: readonly string[],
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<AccessToken> {
  const asked = Date.now();
  const request = credentials?.kind === 'identity' ? exchangeForm : tokenQuery;
  const answer = await transport.send(request(realm, service, scopes, credentials), signal);
  if (answer.statusCode !== 200) {
    throw await registryFailure(answer, {
      address: realm,
      what: 'a token',
      hasShown: credentials === undefined ? 'nothing' : 'login',
    });
  }
  const value = await readJson(answer, ANSWER_MAX_BYTES, 'token');
  const fields = isObject(value) ? value : {};
  const token = [fields['token'], fields['access_token']].find((text) => typeof text === 'string' && text !== '');
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new DevregError('failure', 'ANSWER_STRANGE', `The answer of ${realm.origin} is not understood.`, {
      hint: 'Another program answers there, or a registry of another version.',
    });
  }
  const said = fields['expires_in'];
  const seconds = typeof said === 'number' && said > 0 ? said : USUAL_SECONDS;
  return { token, until: asked + seconds * 1_000 * (1 - MARGIN) };
}

function tokenQuery(
  realm: URL,
  service: string | undefined,
  scopes: readonly string[],
  credentials: Credentials | undefined,
) {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credentials?.kind !== 'password') return { method: 'GET', url, headers: {} };
  url.searchParams.set('account', credentials.user);
  return { method: 'GET', url, headers: { authorization: basicAuthorization(credentials) } };
}

/** @see https://distribution.github.io/distribution/spec/auth/oauth/ */
function exchangeForm(
  url: URL,
  service: string | undefined,
  scopes: readonly string[],
  credentials: Credentials | undefined,
) {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: CLIENT_ID,
    ...(service === undefined ? {} : { service }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(credentials?.kind === 'identity' ? { refresh_token: credentials.token } : {}),
  });
  const body = Buffer.from(form.toString());
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  return { method: 'POST', url, headers, body };
}

/** The header of somebody with a password. */
export function basicAuthorization({ user, password }: Credentials & { readonly kind: 'password' }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
