/** Who may do what: the one place where that is decided. Pure. */
import type { RepositoryName } from '../../oci/repository.ts';
import type { Action, Permission, PermissionRule, User } from './account-metadata.ts';

/** Whoever a request comes from. */
export interface Principal {
  /** Undefined for anybody who gave no credentials. */
  readonly user: User | undefined;
  /** The access token the credentials rest on, if it was not the password. */
  readonly accessTokenId: number | undefined;
  /** What that access token limits the user to; undefined: nothing is limited. */
  readonly limits: readonly PermissionRule[] | undefined;
  /** What the bearer token used is for; undefined for other credentials. Another one can be had for more. */
  readonly scopes: BearerScopes | undefined;
  /** When the credentials end; undefined when they have no end of their own. */
  readonly expiresAt: Date | undefined;
}

/** What a bearer token is for. */
export interface BearerScopes {
  readonly repositories: readonly PermissionRule[];
  /** Whether it is for the list of repositories. */
  readonly catalog: boolean;
}

/** Somebody who gave no credentials. */
export const ANONYMOUS: Principal = {
  user: undefined,
  accessTokenId: undefined,
  limits: undefined,
  scopes: undefined,
  expiresAt: undefined,
};

/** How a decision came out. `beyond-scopes`: the principal may, but not with the bearer token used. */
export type Decision = 'allowed' | 'beyond-scopes' | 'denied';

/** Everything a decision can be about. */
export const ALL_ACTIONS: readonly Action[] = ['pull', 'push', 'delete', 'admin'];

/** Decisions by the permissions as they are at the moment. */
export interface Access {
  decide(principal: Principal, action: Action, repository: RepositoryName): Decision;
  allows(principal: Principal, action: Action, repository: RepositoryName): boolean;
  /** Whether a principal may see a repository in a list. */
  shows(principal: Principal, repository: RepositoryName): boolean;
}

/** @param permissions gives the permissions as they are at the moment */
export function createAccess(permissions: () => readonly Permission[]): Access {
  return {
    decide: (principal, action, repository) => decide(permissions(), principal, action, repository),
    allows: (principal, action, repository) => decide(permissions(), principal, action, repository) === 'allowed',
    shows: (principal, repository) => maySee(permissions(), principal, repository),
  };
}

/**
 * Decides. What anonymous users may do, everybody may, whatever credentials they use; an administrator may do
 * everything their credentials are not limited from.
 */
export function decide(
  permissions: readonly Permission[],
  principal: Principal,
  action: Action,
  repository: RepositoryName,
): Decision {
  if (permissions.some((rule) => rule.grantee === 'anonymous' && allows(rule, action, repository))) return 'allowed';
  const { user } = principal;
  if (user === undefined) return 'denied';
  const isGranted =
    user.isAdmin ||
    permissions.some(
      (rule) => (rule.grantee === 'authenticated' || rule.grantee === user.id) && allows(rule, action, repository),
    );
  const { limits, scopes } = principal;
  if (!isGranted || !isWithin(limits, action, repository)) return 'denied';
  return isWithin(scopes?.repositories, action, repository) ? 'allowed' : 'beyond-scopes';
}

/**
 * Whether a principal may see a repository in a list. A bearer token for the list stands for all its user may pull;
 * one token could not name every repository.
 */
export function maySee(permissions: readonly Permission[], principal: Principal, repository: RepositoryName): boolean {
  const seer = principal.scopes?.catalog === true ? { ...principal, scopes: undefined } : principal;
  return decide(permissions, seer, 'pull', repository) === 'allowed';
}

function isWithin(rules: readonly PermissionRule[] | undefined, action: Action, repository: RepositoryName): boolean {
  return rules === undefined || rules.some((rule) => allows(rule, action, repository));
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
  if (!component.startsWith(head) || !component.endsWith(last) || component.length < head.length + last.length)
    return false;
  let position = head.length;
  for (const piece of rest) {
    const found = component.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= component.length - last.length;
}
