/** Paths of the account API: `/api/devreg/v1/…`. Pure. */

/** Where the API begins; the number changes when a client of today would no longer understand it. */
const ROOT = '/api/devreg/v1/';

/** The kinds of things its paths name. */
export type AccountTarget =
  | 'users'
  | 'user'
  | 'password'
  | 'access-tokens'
  | 'access-token'
  | 'permissions'
  | 'policies';

/** What a path names: `users/{name}/tokens/{name}` has two names. */
interface AccountPath {
  readonly kind: AccountTarget;
  readonly name: '';
  readonly tail: '';
  readonly names: readonly string[];
}

/** The API's paths: words that stand for themselves, and `*` for a name. */
const PATHS: readonly (readonly [path: string, kind: AccountTarget])[] = [
  ['users', 'users'],
  ['users/*', 'user'],
  ['users/*/password', 'password'],
  ['users/*/tokens', 'access-tokens'],
  ['users/*/tokens/*', 'access-token'],
  ['permissions', 'permissions'],
  ['policies', 'policies'],
];

/** Whether a path belongs to the API, wherever in it it leads. */
export function isAccountPath(path: string): boolean {
  return path.startsWith(ROOT);
}

/** @param path decoded, component by component @returns undefined when it leads nowhere */
export function parseAccountTarget(path: string): AccountPath | undefined {
  const components = path.slice(ROOT.length).split('/');
  if (components.includes('')) return undefined;
  for (const [pattern, kind] of PATHS) {
    const words = pattern.split('/');
    const fits =
      words.length === components.length && words.every((word, at) => word === '*' || word === components[at]);
    if (fits) return { kind, name: '', tail: '', names: components.filter((_, at) => words[at] === '*') };
  }
  return undefined;
}
