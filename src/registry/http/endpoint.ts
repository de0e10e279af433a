/** What an endpoint is: a method on a target, the right it needs, and the function that answers. */
import type { RepositoryName } from '../../oci/repository.ts';
import type { Access, Principal } from '../core/access.ts';
import type { Action } from '../core/account-metadata.ts';
import type { Managing } from '../core/managing.ts';
import type { MaybePromise } from '../core/maybe-promise.ts';
import type { Reply } from './reply.ts';
import type { RegistryRequest } from './request.ts';
import type { TargetKind } from './router.ts';

/** Methods the registry knows. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request for an endpoint, by a known principal who has the endpoint's right. */
export interface EndpointRequest extends RegistryRequest {
  readonly principal: Principal;
  /** The repository named by the path; for endpoints without one, never read. */
  readonly repository: RepositoryName;
  /** The repository as the client writes it: what Locations and bodies name. */
  readonly name: string;
  /** The last component of the path. */
  readonly tail: string;
  /** What the path of the account API names, decoded: a user, a token of theirs. */
  readonly names: readonly string[];
  /** Whether the principal may act on another repository as well. */
  may(action: Action, repository: RepositoryName): boolean;
  /** For decisions about other principals, and about what may be seen. */
  readonly access: Access;
}

/**
 * The right an endpoint needs: in the repository, or over accounts. `none`: nothing is checked before; the endpoint
 * itself decides what the principal may see.
 */
export type Need = Action | Managing | 'none';

/** An endpoint. */
export interface Endpoint {
  readonly needs: Need;
  /** Whether nobody looks who asks: credentials are not read, and the metadata not asked for anything. */
  readonly isUnseen?: true;
  readonly answer: (request: EndpointRequest) => MaybePromise<Reply>;
}

/** All endpoints, by target and method. */
export type EndpointTable = Readonly<Record<TargetKind, Readonly<Partial<Record<Method, Endpoint>>>>>;
