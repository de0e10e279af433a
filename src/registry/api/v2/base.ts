/** The endpoint that tells clients they found a registry, and whether it wants credentials. */
import type { RepositoryName } from '../../../oci/repository.ts';
import { RegistryError } from '../../core/registry-error.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import { jsonReply } from '../../http/reply.ts';

/** Some repository, to ask whether anybody may write everywhere. */
const ANY_REPOSITORY = 'any' as RepositoryName;

/**
 * GET of `/v2/`. Clients learn only here how to authenticate, so whoever comes without credentials is challenged as
 * soon as there is anything to log in for; a token for anybody passes.
 * @see spec.md end-1
 */
export const ping: Endpoint = {
  needs: 'none',
  async answer(request) {
    const cameWithout = request.principal.user === undefined && request.principal.expiresAt === undefined;
    if (cameWithout && !request.may('push', ANY_REPOSITORY)) {
      throw new RegistryError('credentials-needed', 'authentication required');
    }
    return jsonReply(200, {});
  },
};
