/** Names that begin with their owner: who may push where the policy `require-owner` holds (S0-10). Pure. */
import type { RepositoryName } from '../../oci/repository.ts';
import type { Permission, User } from './account-metadata.ts';

/** What owning is decided by. */
export interface OwnerRule {
  /** @param name in lower case */
  isUserName(name: string): boolean;
}

/** `own`: the name begins with the user's. `other`: with somebody else's, for whom an administrator may act. */
export type Ownership = 'own' | 'other' | 'none';

/** How a user stands to a repository. A name of one component has no owner. */
export function ownerRuleFor(rule: OwnerRule, user: User | undefined, repository: RepositoryName): Ownership {
  const slash = repository.indexOf('/');
  if (user === undefined || slash < 0) return 'none';
  const owner = repository.slice(0, slash);
  if (owner === user.name.toLowerCase()) return 'own';
  return user.isAdmin && rule.isUserName(owner) ? 'other' : 'none';
}

/** What an owner may do without having been permitted. */
export function ownPermission(user: User, repository: RepositoryName): Permission {
  return { id: 0, grantee: user.id, pattern: repository, actions: ['pull', 'push', 'delete'] };
}
