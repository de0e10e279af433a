/** Scopes of the token protocol: what a bearer token may do to what. */

/** One scope: actions on a named resource. */
export interface Scope {
  /** `repository` or `registry`; others are carried but grant nothing. */
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * Reads one scope, `type[(class)]:name:action,…`. The name may hold a colon (a port), so the type is split off the
 * front and the actions off the back.
 * @see https://distribution.github.io/distribution/spec/auth/scope/
 * @returns the scope, or undefined when the text is not one
 */
export function parseScope(text: string): Scope | undefined {
  const first = text.indexOf(':');
  const last = text.lastIndexOf(':');
  if (first <= 0 || last <= first + 1) return undefined;
  const type = text.slice(0, first).replace(/\([a-z0-9]+\)$/, '');
  const actions = text
    .slice(last + 1)
    .split(',')
    .filter((action) => action !== '');
  return { type, name: text.slice(first + 1, last), actions: [...new Set(actions)] };
}

/** Writes a scope as a challenge or a token reply carries it. */
export function formatScope(scope: Scope): string {
  return `${scope.type}:${scope.name}:${scope.actions.join(',')}`;
}
