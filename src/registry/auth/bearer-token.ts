/** Bearer tokens of the registry: short-lived ones for access, long-lived ones to get new ones. */
import { randomUUID } from 'node:crypto';
import type { BearerScopes } from '../core/access.ts';
import type { Action } from '../core/account-metadata.ts';
import type { Clock } from '../core/ports.ts';
import { openToken, signToken } from './json-web-token.ts';

/** The name of the service in challenges, and the audience of tokens. */
export const SERVICE = 'devreg';

/** Clients ask for a new token when one expires; what a started request does is not cut off. */
const ACCESS_SECONDS = 300;

/** A refresh token stands in for a stored password. */
const REFRESH_SECONDS = 90 * 24 * 3600;

/** Clocks of one machine and its virtual machines differ by some seconds. */
const LEEWAY_SECONDS = 60;

/** Whom a token speaks for. */
export interface TokenSubject {
  /** Undefined: anybody. */
  readonly userId: number | undefined;
  /** The password the token rests on; a later one voids it. */
  readonly passwordVersion: number;
  /** The access token it rests on, if it was not the password. */
  readonly accessTokenId: number | undefined;
}

/** What an access token says: for whom, and what at most. */
interface AccessGrant extends TokenSubject {
  readonly scopes: BearerScopes;
}

/** An access grant as read from a token. */
interface ReadGrant extends AccessGrant {
  readonly expiresAt: Date;
}

/** An access token with the time it lasts. */
export interface IssuedAccess {
  readonly token: string;
  readonly seconds: number;
}

/** Issues and reads tokens. */
export interface BearerTokens {
  /** @param until when the credentials end that were shown for it: it does not outlive them */
  issueAccess(grant: AccessGrant, until: Date | undefined): IssuedAccess;
  issueRefresh(subject: TokenSubject): string;
  /** @returns the grant, or undefined when the token is forged, expired, or for something else */
  readAccess(token: string): ReadGrant | undefined;
  readRefresh(token: string): TokenSubject | undefined;
}

interface Claims {
  readonly iss: string;
  readonly aud: string;
  /** The user's key; empty for anybody. */
  readonly sub: string;
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
  readonly jti: string;
  readonly use: 'access' | 'refresh';
  readonly pwv: number;
  readonly pat?: number;
  readonly access?: readonly AccessClaim[];
}

/** As other token services write them; the catalog's only action is `*`. */
type AccessClaim =
  | { readonly type: 'repository'; readonly name: string; readonly actions: readonly Action[] }
  | { readonly type: 'registry'; readonly name: 'catalog'; readonly actions: readonly ['*'] };

/** Makes the issuer. @param key a secret of at least 32 bytes, the same for every replica */
export function createBearerTokens(key: Uint8Array, clock: Clock): BearerTokens {
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  const issue = (subject: TokenSubject, use: Claims['use'], lifetime: number, access?: Claims['access']) => {
    const now = seconds();
    const claims: Claims = {
      iss: SERVICE,
      aud: SERVICE,
      sub: subject.userId === undefined ? '' : String(subject.userId),
      exp: now + lifetime,
      nbf: now,
      iat: now,
      jti: randomUUID(),
      use,
      pwv: subject.passwordVersion,
      ...(subject.accessTokenId === undefined ? {} : { pat: subject.accessTokenId }),
      ...(access === undefined ? {} : { access }),
    };
    return signToken(claims, key);
  };
  const read = (token: string, use: Claims['use']): Claims | undefined => {
    // Only this registry has the key, so what was signed with it has the form it gives.
    const claims = openToken(token, key) as Claims | undefined;
    if (claims === undefined || claims.iss !== SERVICE || claims.aud !== SERVICE || claims.use !== use)
      return undefined;
    const now = seconds();
    return claims.exp > now && claims.nbf <= now + LEEWAY_SECONDS ? claims : undefined;
  };
  return {
    issueAccess(grant, until) {
      const left = until === undefined ? ACCESS_SECONDS : Math.floor(until.getTime() / 1000) - seconds();
      const lifetime = Math.min(ACCESS_SECONDS, left);
      return { token: issue(grant, 'access', lifetime, toClaims(grant.scopes)), seconds: lifetime };
    },
    issueRefresh: (subject) => issue(subject, 'refresh', REFRESH_SECONDS),
    readAccess(token) {
      const claims = read(token, 'access');
      if (claims === undefined) return undefined;
      return { ...subjectOf(claims), scopes: toScopes(claims.access ?? []), expiresAt: new Date(claims.exp * 1000) };
    },
    readRefresh(token) {
      const claims = read(token, 'refresh');
      return claims === undefined ? undefined : subjectOf(claims);
    },
  };
}

function toClaims({ repositories, catalog }: BearerScopes): AccessClaim[] {
  const claims: AccessClaim[] = repositories.map(({ pattern, actions }) => ({
    type: 'repository',
    name: pattern,
    actions,
  }));
  return catalog ? [...claims, { type: 'registry', name: 'catalog', actions: ['*'] }] : claims;
}

function toScopes(claims: readonly AccessClaim[]): BearerScopes {
  return {
    repositories: claims.flatMap((claim) =>
      claim.type === 'repository' ? [{ pattern: claim.name, actions: claim.actions }] : [],
    ),
    catalog: claims.some(({ type }) => type === 'registry'),
  };
}

function subjectOf(claims: Claims): TokenSubject {
  return {
    userId: claims.sub === '' ? undefined : Number(claims.sub),
    passwordVersion: claims.pwv,
    accessTokenId: claims.pat,
  };
}
