/** What the account API answers, checked before it is believed. */

/** A user. */
export interface AccountUser {
  readonly name: string;
  readonly admin: boolean;
}

/** An access token. */
export interface AccountToken {
  readonly name: string;
  readonly user: string;
  /** Null: all that its user may do. */
  readonly scopes: readonly string[] | null;
  /** ISO 8601, as the others. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** To the minute or so. */
  readonly lastUsedAt: string | null;
}

/** An access token in the only moment in which it can be read. */
export interface CreatedToken extends AccountToken {
  readonly token: string;
}

/** Who may do what where. */
export interface AccountPermission {
  /** A user, `anonymous` or `authenticated`. */
  readonly grantee: string;
  readonly pattern: string;
  readonly actions: readonly string[];
}

/** What holds for repositories whoever acts. */
export interface AccountPolicy {
  readonly kind: string;
  readonly pattern: string;
  /** Null where the policy is not about tags. */
  readonly tags: string | null;
}

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown) => typeof value === 'string';
const isTextOrNull = (value: unknown) => value === null || isText(value);
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

const USER: Shape = { name: isText, admin: (value) => typeof value === 'boolean' };
const TOKEN: Shape = {
  name: isText,
  user: isText,
  scopes: (value) => value === null || isTexts(value),
  createdAt: isText,
  expiresAt: isTextOrNull,
  lastUsedAt: isTextOrNull,
};
const PERMISSION: Shape = { grantee: isText, pattern: isText, actions: isTexts };
const POLICY: Shape = { kind: isText, pattern: isText, tags: isTextOrNull };

export const isUser = (value: unknown): value is AccountUser => hasShape(value, USER);
export const isToken = (value: unknown): value is AccountToken => hasShape(value, TOKEN);
export const isCreatedToken = (value: unknown): value is CreatedToken => hasShape(value, { ...TOKEN, token: isText });
export const isPermission = (value: unknown): value is AccountPermission => hasShape(value, PERMISSION);
export const isPolicy = (value: unknown): value is AccountPolicy => hasShape(value, POLICY);

/** Whether a value is an object with a list in a field, all of whose entries are of a shape. */
export function isListOf<T, Name extends string>(
  value: unknown,
  name: Name,
  isOne: (entry: unknown) => entry is T,
): value is Readonly<Record<Name, readonly T[]>> {
  const list = isObject(value) ? value[name] : undefined;
  return Array.isArray(list) && list.every(isOne);
}

function hasShape(value: unknown, shape: Shape): boolean {
  return isObject(value) && Object.entries(shape).every(([name, isRight]) => isRight(value[name]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
