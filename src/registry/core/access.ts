/** Who may do what: the one place where that is decided. Pure. */
import type { RepositoryName, Tag } from '../../oci/repository.ts';
import type { Action, Permission, PermissionRule, Policy, User } from './account-metadata.ts';
import { type OwnerRule, ownPermission, ownerRuleFor } from './ownership.ts';
import { coversPattern, matchesPattern, matchesTag } from './repository-pattern.ts';

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

/**
 * How a decision came out. `beyond-scopes`: the principal may, but not with the bearer token used. `not-owner`: nobody
 * but the owner of the name may.
 */
export type Decision = 'allowed' | 'beyond-scopes' | 'not-owner' | 'denied';

/** Everything a decision can be about. */
export const ALL_ACTIONS: readonly Action[] = ['pull', 'push', 'delete', 'admin'];

/** What decisions follow from. */
export interface AccessRules extends OwnerRule {
  readonly permissions: readonly Permission[];
  readonly policies: readonly Policy[];
}

/** Decisions by the rules as they are at the moment. */
export interface Access {
  decide(principal: Principal, action: Action, repository: RepositoryName): Decision;
  allows(principal: Principal, action: Action, repository: RepositoryName): boolean;
  /** Whether a principal may see a repository in a list. */
  shows(principal: Principal, repository: RepositoryName): boolean;
  /** Whether a principal may pull from every repository there is and will be. */
  pullsEverything(principal: Principal): boolean;
  /** Whether a tag, once set, neither moves nor goes. */
  fixesTag(repository: RepositoryName, tag: Tag): boolean;
  /** Whether a principal may say who may do what in all repositories that a pattern means. */
  administers(principal: Principal, pattern: string): boolean;
}

/** @param rules gives the rules as they are at the moment */
export function createAccess(rules: () => AccessRules): Access {
  return {
    decide: (principal, action, repository) => decideByRules(rules(), principal, action, repository),
    allows: (principal, action, repository) => decideByRules(rules(), principal, action, repository) === 'allowed',
    shows: (principal, repository) => maySee(rules(), principal, repository),
    pullsEverything: (principal) => pullsEverything(rules().permissions, principal),
    fixesTag: (repository, tag) =>
      rules().policies.some(
        (policy) =>
          policy.kind === 'immutable-tags' &&
          matchesPattern(policy.pattern, repository) &&
          matchesTag(policy.tags, tag),
      ),
    administers: ({ user }, pattern) =>
      user !== undefined &&
      (user.isAdmin ||
        rules().permissions.some(
          (rule) =>
            (rule.grantee === 'authenticated' || rule.grantee === user.id) &&
            rule.actions.includes('admin') &&
            coversPattern(rule.pattern, pattern),
        )),
  };
}

/** Decides by policies and permissions: where names have owners, nobody else pushes, and owners need no permission. */
function decideByRules(rules: AccessRules, principal: Principal, action: Action, repository: RepositoryName): Decision {
  const { permissions, policies } = rules;
  const { user } = principal;
  const owned = policies.some(
    (policy) => policy.kind === 'require-owner' && matchesPattern(policy.pattern, repository),
  );
  if (!owned) return decide(permissions, principal, action, repository);
  const ownership = ownerRuleFor(rules, user, repository);
  if (action === 'push' && ownership === 'none') return user === undefined ? 'denied' : 'not-owner';
  const all =
    user !== undefined && ownership === 'own' ? [...permissions, ownPermission(user, repository)] : permissions;
  return decide(all, principal, action, repository);
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
function maySee(rules: AccessRules, principal: Principal, repository: RepositoryName): boolean {
  const seer = principal.scopes?.catalog === true ? { ...principal, scopes: undefined } : principal;
  return decideByRules(rules, seer, 'pull', repository) === 'allowed';
}

function pullsEverything(permissions: readonly Permission[], { user, limits, scopes }: Principal): boolean {
  const pulls = ({ pattern, actions }: PermissionRule) => actions.includes('pull') && coversPattern(pattern, '**');
  if (permissions.some((rule) => rule.grantee === 'anonymous' && pulls(rule))) return true;
  if (user === undefined || scopes !== undefined || limits?.some(pulls) === false) return false;
  return (
    user.isAdmin ||
    permissions.some((rule) => (rule.grantee === 'authenticated' || rule.grantee === user.id) && pulls(rule))
  );
}

function isWithin(rules: readonly PermissionRule[] | undefined, action: Action, repository: RepositoryName): boolean {
  return rules === undefined || rules.some((rule) => allows(rule, action, repository));
}

/** Whether a rule allows an action on a repository. */
export function allows(rule: PermissionRule, action: Action, repository: string): boolean {
  return rule.actions.includes(action) && matchesPattern(rule.pattern, repository);
}
