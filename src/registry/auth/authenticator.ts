/** From an Authorization header to a principal. */
import { ANONYMOUS, type Principal } from '../core/access.ts';
import type { AccessToken, User } from '../core/account-metadata.ts';
import { type MaybePromise, andThen } from '../core/maybe-promise.ts';
import type { Clock } from '../core/ports.ts';
import { RegistryError } from '../core/registry-error.ts';
import type { Accounts } from './accounts.ts';
import type { BearerTokens, TokenSubject } from './bearer-token.ts';
import { createLoginThrottle } from './login-throttle.ts';
import type { PasswordCheck } from './password-check.ts';
import { rememberPrincipals } from './remembered-principals.ts';

/**
 * Tells who somebody is. Credentials that are wrong throw RegistryError `credentials-wrong`, and when there were too
 * many of them `too-many-requests`.
 */
export interface Authenticator {
  /**
   * Any Authorization header: Basic with password or access token, Bearer, `token`; none, or empty ones, are anybody.
   * @param client gives the address the request comes from
   */
  authenticate(authorization: string | undefined, client: () => string): MaybePromise<Principal>;
  /** A name with a password or access token, from an address. */
  provePassword(name: string, password: string, client: string): Promise<Principal>;
  /** The subject of a token, if what it rests on still holds. */
  proveSubject(subject: TokenSubject): Promise<Principal>;
}

/** Makes the authenticator. */
export function createAuthenticator(
  accounts: Accounts,
  tokens: BearerTokens,
  passwords: PasswordCheck,
  clock: Clock,
): Authenticator {
  const recall = rememberPrincipals(clock);
  const prover = createProver(accounts, passwords, clock);

  const identify = async (authorization: string, client: () => string): Promise<Principal> => {
    const { scheme, value } = splitHeader(authorization);
    if (scheme === 'basic') return identifyBasic(value, client(), prover);
    if (scheme === 'bearer') return identifyBearer(value, tokens, accounts, prover);
    if (scheme === 'token') return identifyAccessToken(value, accounts);
    throw wrong();
  };

  return {
    ...prover,
    authenticate(authorization, client) {
      if (authorization === undefined) return ANONYMOUS;
      return andThen(accounts.current(), ({ version, usersById }) =>
        // Where there are no users, there is nothing credentials could be compared with; clients send them all the same.
        usersById.size === 0 ? ANONYMOUS : recall(authorization, version, () => identify(authorization, client)),
      );
    },
  };
}

type Prover = Pick<Authenticator, 'provePassword' | 'proveSubject'>;

function createProver(accounts: Accounts, passwords: PasswordCheck, clock: Clock): Prover {
  const throttle = createLoginThrottle(clock);
  return {
    async provePassword(name, password, client) {
      const found = await accounts.findAccessToken(password);
      if (found !== undefined && found.user.name.toLowerCase() === name.toLowerCase())
        return principalOf(found.user, found.token);
      const user = (await accounts.current()).usersByName.get(name.toLowerCase());
      const isRight = async () => (await passwords.verify(password, user)) && user !== undefined;
      if (!(await throttle.attempt({ name, password, client }, isRight)) || user === undefined) throw wrong();
      return principalOf(user, undefined);
    },
    async proveSubject(subject) {
      const user = (await accounts.current()).usersById.get(subject.userId ?? -1);
      if (user === undefined || user.passwordVersion !== subject.passwordVersion) throw wrong();
      if (subject.accessTokenId === undefined) return principalOf(user, undefined);
      const token = await accounts.accessTokenById(user, subject.accessTokenId);
      if (token === undefined) throw wrong();
      return principalOf(user, token);
    },
  };
}

function principalOf(user: User, token: AccessToken | undefined): Principal {
  return {
    user,
    accessTokenId: token?.id,
    limits: token?.limits,
    scopes: undefined,
    expiresAt: token?.expiresAt,
  };
}

async function identifyBasic(value: string, client: string, prover: Prover): Promise<Principal> {
  const { name, password } = decodeBasic(value);
  return name === '' && password === '' ? ANONYMOUS : prover.provePassword(name, password, client);
}

async function identifyBearer(
  value: string,
  tokens: BearerTokens,
  accounts: Accounts,
  prover: Prover,
): Promise<Principal> {
  const grant = tokens.readAccess(value);
  if (grant === undefined) return identifyAccessToken(value, accounts);
  if (grant.userId === undefined) return { ...ANONYMOUS, expiresAt: grant.expiresAt };
  const principal = await prover.proveSubject(grant);
  return { ...principal, scopes: grant.scopes, expiresAt: grant.expiresAt };
}

async function identifyAccessToken(value: string, accounts: Accounts): Promise<Principal> {
  const found = await accounts.findAccessToken(value);
  if (found === undefined) throw wrong();
  return principalOf(found.user, found.token);
}

/**
 * Reads the value of a Basic header.
 * @returns name and password; both empty for nothing at all, as clients without credentials send, and for what holds no
 * base64; what holds no colon is a name without a password
 */
function decodeBasic(value: string): { readonly name: string; readonly password: string } {
  const text = Buffer.from(value, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? { name: text, password: '' } : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Splits a header into its scheme, in lower case, and the rest. */
function splitHeader(authorization: string): { readonly scheme: string; readonly value: string } {
  const space = authorization.indexOf(' ');
  if (space < 0) return { scheme: authorization.toLowerCase(), value: '' };
  return { scheme: authorization.slice(0, space).toLowerCase(), value: authorization.slice(space + 1).trim() };
}

function wrong(): RegistryError {
  return new RegistryError('credentials-wrong', 'incorrect username or password, or a token that is no longer valid');
}
