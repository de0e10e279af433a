/** The right that a request needs: asked for in a challenge, demanded of whoever comes. */
import { formatScope } from '../../oci/scope.ts';
import type { Access, Principal } from '../core/access.ts';
import type { Action } from '../core/account-metadata.ts';
import { type Managing, decideManaging } from '../core/managing.ts';
import { RegistryError } from '../core/registry-error.ts';
import type { Need } from './endpoint.ts';
import type { IncomingRequest } from './incoming-request.ts';

/**
 * Lets pass whoever has the right.
 * @throws RegistryError `credentials-needed`, `scope-insufficient`, `denied`, naming the right that is missing
 */
export function demand(needs: Need, request: IncomingRequest, access: Access): void {
  if (needs === 'none') return;
  if (isManaging(needs)) demandManaging(needs, request);
  else demandAction(needs, request, access);
}

/** Whether it is a right over accounts. */
export function isManaging(needs: Need): needs is Managing {
  return needs === 'administrator' || needs === 'account' || needs === 'user';
}

function demandAction(action: Action, request: IncomingRequest, access: Access): void {
  const { name, principal, repository } = request;
  const decision = access.decide(principal, action, repository);
  if (decision === 'allowed') return;
  const detail = { name, action };
  if (decision === 'beyond-scopes') {
    throw new RegistryError(
      'scope-insufficient',
      `authentication required: these credentials do not include ${action}.`,
      { detail },
    );
  }
  if (principal.user === undefined) {
    throw new RegistryError('credentials-needed', `authentication required: log in to ${action}.`, { detail });
  }
  const why = decision === 'not-owner' ? ownerSentence(principal.user.name) : `${whoIs(principal)} lacks ${action}.`;
  throw new RegistryError('denied', `requested access to the resource is denied: ${why}`, { detail });
}

function ownerSentence(user: string): string {
  return `names of images begin with their owner here, and ${user} pushes to ${user.toLowerCase()}/… only.`;
}

function whoIs({ user, limits }: Principal): string {
  const name = user?.name ?? '';
  return limits === undefined ? name : `the access token used, or ${name},`;
}

function demandManaging(needs: Managing, { principal, names }: IncomingRequest): void {
  const [named = ''] = names;
  switch (decideManaging(principal, needs, named)) {
    case 'allowed':
      return;
    case 'credentials-needed':
      throw new RegistryError('credentials-needed', 'authentication required: log in to manage accounts.');
    case 'password-needed':
      throw new RegistryError('denied', 'access denied: accounts are managed with the password, not with a token.');
    case 'denied':
      throw new RegistryError('denied', `access denied: ${principal.user?.name ?? ''} is no administrator.`);
  }
}

/** What a token is needed for; a client that may push also needs to look at what is there. */
export function scopeOf({ name, needs }: IncomingRequest): string | undefined {
  if (name === '' || needs === 'none' || isManaging(needs)) return undefined;
  return formatScope({ type: 'repository', name, actions: needs === 'push' ? ['pull', 'push'] : [needs] });
}
