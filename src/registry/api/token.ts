/** Endpoints of the token protocol: tokens for anybody, for passwords and access tokens, for refresh tokens. */
import { type Scope, formatScope, parseScope } from '../../oci/scope.ts';
import type { BearerTokens, IssuedAccess, TokenSubject } from '../auth/bearer-token.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { ANONYMOUS, type Principal } from '../core/access.ts';
import type { Action } from '../core/account-metadata.ts';
import type { Clock } from '../core/ports.ts';
import { RegistryError } from '../core/registry-error.ts';
import type { Endpoint, EndpointRequest } from '../http/endpoint.ts';
import { FORM_MAX_BYTES, SCOPES_MAX } from '../http/limits.ts';
import { type Reply, jsonReply } from '../http/reply.ts';

/** What the endpoints need. */
export interface TokenParts {
  readonly authenticator: Authenticator;
  readonly tokens: BearerTokens;
  readonly clock: Clock;
}

/** What a repository's scope can grant. */
const GRANTABLE: readonly Action[] = ['pull', 'push', 'delete'];

/**
 * GET: who sends no credentials gets a token for what anybody may do. Fewer rights than asked for is no error.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export function getToken(parts: TokenParts): Endpoint {
  return {
    needs: 'none',
    async answer(request) {
      const scopes = readScopes(request.query.getAll('scope').flatMap((text) => text.split(' ')));
      const issued = issueAccess(parts, request, request.principal, scopes);
      const refresh = request.query.get('offline_token') === 'true' && provedItself(request);
      return tokenReply(
        parts,
        issued,
        refresh ? { refresh_token: parts.tokens.issueRefresh(subjectOf(request.principal)) } : {},
      );
    },
  };
}

/**
 * POST: the OAuth 2 form of the same.
 * @see https://distribution.github.io/distribution/spec/auth/oauth/
 */
export function postToken(parts: TokenParts): Endpoint {
  return {
    needs: 'none',
    async answer(request) {
      const form = new URLSearchParams((await request.body.read(FORM_MAX_BYTES, 'request-invalid')).toString());
      const principal = await proveGrant(parts, form, request.origin.client);
      const scopes = readScopes((form.get('scope') ?? '').split(' '));
      const issued = issueAccess(parts, request, principal, scopes);
      const refresh = form.get('grant_type') === 'refresh_token' ? form.get('refresh_token') : undefined;
      const isNew = form.get('access_type') === 'offline' && principal.user !== undefined;
      return tokenReply(parts, issued, {
        scope: issued.granted.map(formatScope).join(' '),
        ...(refresh
          ? { refresh_token: refresh }
          : isNew
            ? { refresh_token: parts.tokens.issueRefresh(subjectOf(principal)) }
            : {}),
      });
    },
  };
}

async function proveGrant(
  { authenticator, tokens }: TokenParts,
  form: URLSearchParams,
  client: string,
): Promise<Principal> {
  switch (form.get('grant_type')) {
    case 'password': {
      const name = form.get('username') ?? '';
      const password = form.get('password') ?? '';
      return name === '' && password === '' ? ANONYMOUS : authenticator.provePassword(name, password, client);
    }
    case 'refresh_token': {
      const subject = tokens.readRefresh(form.get('refresh_token') ?? '');
      if (subject === undefined) throw new RegistryError('credentials-wrong', 'the refresh token is not valid');
      return authenticator.proveSubject(subject);
    }
    default:
      throw new RegistryError('request-invalid', 'grant_type must be password or refresh_token.');
  }
}

/** A bearer token must not beget longer-lived ones. */
function provedItself({ headers, principal }: EndpointRequest): boolean {
  return principal.user !== undefined && /^basic /i.test(headers.authorization ?? '');
}

function readScopes(texts: readonly string[]): Scope[] {
  const scopes = texts.map(parseScope).filter((scope) => scope !== undefined);
  if (scopes.length > SCOPES_MAX)
    throw new RegistryError('request-invalid', `A token is for at most ${SCOPES_MAX} scopes.`);
  return scopes;
}

/** Issues a token for those of the scopes' actions that the principal has. */
function issueAccess(
  { tokens }: TokenParts,
  request: EndpointRequest,
  principal: Principal,
  scopes: readonly Scope[],
): IssuedAccess & { readonly granted: readonly Scope[] } {
  const grants = scopes.map((scope) => {
    const repository = scope.type === 'repository' ? request.route.inside(scope.name) : undefined;
    const asked = scope.actions.includes('*')
      ? GRANTABLE
      : GRANTABLE.filter((action) => scope.actions.includes(action));
    const actions =
      repository === undefined ? [] : asked.filter((action) => request.access.allows(principal, action, repository));
    return { scope, repository, actions };
  });
  const repositories = grants.flatMap(({ repository, actions }) =>
    repository === undefined ? [] : [{ pattern: repository, actions }],
  );
  const catalog = scopes.some(
    ({ type, name, actions }) => type === 'registry' && name === 'catalog' && actions.includes('*'),
  );
  return {
    ...tokens.issueAccess({ ...subjectOf(principal), scopes: { repositories, catalog } }, principal.expiresAt),
    granted: grants.map(({ scope, actions }) => (scope.type === 'repository' ? { ...scope, actions } : scope)),
  };
}

function subjectOf({ user, accessTokenId }: Principal): TokenSubject {
  return { userId: user?.id, passwordVersion: user?.passwordVersion ?? 0, accessTokenId };
}

function tokenReply(
  { clock }: TokenParts,
  { token, seconds }: IssuedAccess,
  fields: Readonly<Record<string, string>>,
): Reply {
  const body = { token, access_token: token, ...fields, expires_in: seconds, issued_at: clock.now().toISOString() };
  return jsonReply(200, body, { 'cache-control': 'no-store' });
}
