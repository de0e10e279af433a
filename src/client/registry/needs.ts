/** What each kind of request needs to be allowed, as token services name it. Pure. */
import { formatScope } from '../../oci/scope.ts';
import type { Need } from './authorizer.ts';

/** To read. */
export function pullNeed(repository: string): Need {
  return { repository, scopes: [repositoryScope(repository, ['pull'])] };
}

/** To write. @param from the repository that blobs are taken over from, which must be read */
export function pushNeed(repository: string, from?: string): Need {
  const own = repositoryScope(repository, ['pull', 'push']);
  return { repository, scopes: from === undefined ? [own] : [own, repositoryScope(from, ['pull'])] };
}

/** To remove. */
export function deleteNeed(repository: string): Need {
  return { repository, scopes: [repositoryScope(repository, ['delete'])] };
}

/** To list what there is. */
export const CATALOG_NEED: Need = { repository: undefined, scopes: ['registry:catalog:*'] };

/** To be let in. */
export const NO_NEED: Need = { repository: undefined, scopes: [] };

function repositoryScope(name: string, actions: readonly string[]): string {
  return formatScope({ type: 'repository', name, actions });
}
