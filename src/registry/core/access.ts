/** Who may do what: the one place where that is decided. Pure. */
import type { RepositoryName } from '../../oci/repository.ts';
import type { Action, Permission, PermissionRule, User } from './ports.ts';

/** Whoever a request comes from. */
export interface Principal {
  /** Undefined for anybody who gave no credentials. */
  readonly user: User | undefined;
  /** What the credentials limit the user to: every list must allow an action. Empty: nothing is limited. */
  readonly limits: readonly (readonly PermissionRule[])[];
  /** The access token the credentials rest on, if it was not the password. */
  readonly accessTokenId: number | undefined;
  /** When the credentials end; undefined when they have no end of their own. */
  readonly expiresAt: Date | undefined;
}

/** Somebody who gave no credentials. */
export const ANONYMOUS: Principal = { user: undefined, limits: [], accessTokenId: undefined, expiresAt: undefined };

/** How a decision came out. `beyond-credentials`: the user may, but not with the credentials used. */
export type Decision = 'allowed' | 'beyond-credentials' | 'denied';

/** Everything a decision can be about. */
export const ALL_ACTIONS: readonly Action[] = ['pull', 'push', 'delete', 'admin'];

/**
 * Decides. What anonymous users may do, everybody may, whatever credentials they use; an administrator may do
 * everything their credentials are not limited from.
 */
export function decide(permissions: readonly Permission[], principal: Principal, action: Action, repository: RepositoryName): Decision {
  if (permissions.some((rule) => rule.grantee === 'anonymous' && allows(rule, action, repository))) return 'allowed';
  const { user } = principal;
  if (user === undefined) return 'denied';
  const isGranted =
    user.isAdmin ||
    permissions.some((rule) => (rule.grantee === 'authenticated' || rule.grantee === user.id) && allows(rule, action, repository));
  if (!isGranted) return 'denied';
  return principal.limits.every((rules) => rules.some((rule) => allows(rule, action, repository))) ? 'allowed' : 'beyond-credentials';
}

/** Whether a rule allows an action on a repository. */
export function allows(rule: PermissionRule, action: Action, repository: string): boolean {
  return rule.actions.includes(action) && matchesPattern(rule.pattern, repository);
}

/**
 * Whether a repository matches a pattern: `**` stands for any number of components, `*` for any characters within one.
 */
export function matchesPattern(pattern: string, repository: string): boolean {
  if (pattern === '**' || pattern === repository) return true;
  if (!pattern.includes('*')) return false;
  return matchComponents(pattern.split('/'), repository.split('/'));
}

/** Each `**` is tried at every place once, so the cost is the product of both lengths and never more. */
function matchComponents(pattern: readonly string[], components: readonly string[]): boolean {
  let reachable = new Set([0]);
  for (const part of pattern) {
    const next = new Set<number>();
    for (const position of reachable) {
      if (part === '**') for (let index = position; index <= components.length; index++) next.add(index);
      else if (position < components.length && matchComponent(part, components[position] ?? '')) next.add(position + 1);
    }
    reachable = next;
  }
  return reachable.has(components.length);
}

function matchComponent(pattern: string, component: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === component;
  const [head = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  if (!component.startsWith(head) || !component.endsWith(last) || component.length < head.length + last.length) return false;
  let position = head.length;
  for (const piece of rest) {
    const found = component.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= component.length - last.length;
}
