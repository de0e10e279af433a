/** Values of the account API. Each parser gives undefined for what makes no sense. Pure. */
import { parseScope } from '../../../oci/scope.ts';
import { ALL_ACTIONS } from '../../core/access.ts';
import type { Action, PermissionRule } from '../../core/account-metadata.ts';
import { parsePattern } from '../../core/repository-pattern.ts';

/** Words that stand for more than one user, and so for none. */
const RESERVED: ReadonlySet<string> = new Set(['anonymous', 'authenticated']);

const USER_MAX = 128;

export const USER_NAME = `up to ${USER_MAX} letters, digits and signs without blanks and : / \\ % ? #, and neither anonymous nor authenticated`;

/**
 * The name of a new user. Basic authentication ends it at the first colon, paths at the others; one that could be
 * written in two ways would be two users who look the same.
 */
export function parseUserName(name: string): string | undefined {
  const isPlain = name !== '' && name.length <= USER_MAX && !/[:/\\%?#\p{C}\p{Z}]/u.test(name) && !/^\.+$/.test(name);
  const isUnique = name.normalize('NFKC') === name && !RESERVED.has(name.toLowerCase());
  return isPlain && isUnique ? name : undefined;
}

const PASSWORD_MIN = 8;
const PASSWORD_MAX = 1024;

export const PASSWORD = `${PASSWORD_MIN} to ${PASSWORD_MAX} characters without line breaks`;

/** A new password. */
export function parsePassword(password: string): string | undefined {
  const isOne = password.length >= PASSWORD_MIN && password.length <= PASSWORD_MAX && password.isWellFormed();
  return isOne && !/[\r\n\0]/.test(password) ? password : undefined;
}

export const TOKEN_NAME = 'up to 64 letters, digits, dots, dashes and underscores';

/** The name of a new access token. */
export function parseTokenName(name: string): string | undefined {
  return /^[\w.-]{1,64}$/.test(name) && !/^\.+$/.test(name) ? name : undefined;
}

/** Ten years. */
const SECONDS_MAX = 10 * 366 * 24 * 3600;

export const SECONDS = `a number of seconds from 1 to ${SECONDS_MAX}`;

/** How long something lasts. */
export function parseSeconds(value: unknown): number | undefined {
  const isOne = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= SECONDS_MAX;
  return isOne ? value : undefined;
}

export const PATTERN = 'a pattern of repository names such as team/app, team/* or team/**';

export const ACTIONS = `some of ${ALL_ACTIONS.join(', ')}`;

/** A list of actions, in the order in which they are always shown. */
export function parseActions(value: unknown): readonly Action[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const actions = ALL_ACTIONS.filter((action) => value.includes(action));
  return value.every((word) => ALL_ACTIONS.some((action) => action === word)) ? actions : undefined;
}

/** What a token can be for; accounts are managed by password alone. */
const OF_TOKENS: readonly Action[] = ['pull', 'push', 'delete'];

export const SCOPES = `a list of scopes such as repository:team/*:pull,push, of ${OF_TOKENS.join(', ')} or *`;

const SCOPES_MAX = 50;

/** The scopes of a new access token, in the words of the token protocol. */
export function parseScopes(value: unknown): readonly PermissionRule[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > SCOPES_MAX) return undefined;
  const rules = value.map((scope: unknown) => (typeof scope === 'string' ? parseRule(scope) : undefined));
  return rules.every((rule) => rule !== undefined) ? rules : undefined;
}

function parseRule(scope: string): PermissionRule | undefined {
  const { type, name, actions = [] } = parseScope(scope) ?? {};
  const pattern = name === undefined ? undefined : parsePattern(name);
  if (type !== 'repository' || pattern === undefined || actions.length === 0) return undefined;
  if (actions.includes('*')) return actions.length === 1 ? { pattern, actions: OF_TOKENS } : undefined;
  const isKnown = actions.every((word) => OF_TOKENS.some((action) => action === word));
  return isKnown ? { pattern, actions: OF_TOKENS.filter((action) => actions.includes(action)) } : undefined;
}

/** The opposite of `parseScopes`. */
export function formatScopes(limits: readonly PermissionRule[]): string[] {
  return limits.map(({ pattern, actions }) => `repository:${pattern}:${actions.join(',')}`);
}
