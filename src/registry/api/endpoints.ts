/** The table of endpoints: what is served, and which right each needs. */
import type { Blobs } from '../core/blobs.ts';
import type { Catalog } from '../core/catalog.ts';
import type { Manifests } from '../core/manifests.ts';
import type { Uploads } from '../core/uploads.ts';
import { RegistryError } from '../core/registry-error.ts';
import type { Endpoint, EndpointTable } from '../http/endpoint.ts';
import { type AccountParts, createAccountEndpoints } from './admin/endpoints.ts';
import type { Readiness } from '../core/readiness.ts';
import { health, live, ready } from './health.ts';
import { type MetricsSource, readMetrics } from './metrics.ts';
import { type TokenParts, getToken, postToken } from './token.ts';
import { ping } from './v2/base.ts';
import { deleteBlob, getBlob, headBlob } from './v2/blobs.ts';
import { listReferrers, listRepositories, listTags } from './v2/lists.ts';
import { deleteManifest, getManifest, putManifest } from './v2/manifests.ts';
import { deleteUpload, getUpload, patchUpload, postUpload, putUpload } from './v2/uploads.ts';

/** The use cases behind the endpoints. */
export interface UseCases {
  readonly blobs: Blobs;
  readonly uploads: Uploads;
  readonly manifests: Manifests;
  readonly catalog: Catalog;
}

/** What those who watch are told. */
export interface WatchParts {
  readonly metrics: MetricsSource;
  readonly readiness: () => Promise<Readiness>;
}

/**
 * Makes the table.
 * @param settings as they are in the moment: whether tags, manifests and blobs can be deleted
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
 */
export function createEndpoints(
  { blobs, uploads, manifests, catalog }: UseCases,
  token: TokenParts,
  accounts: AccountParts,
  { metrics, readiness }: WatchParts,
  settings: { readonly allowDelete: boolean },
): EndpointTable {
  const ifAllowed = ({ needs, answer }: Endpoint): Endpoint => ({
    needs,
    answer: (request) => (settings.allowDelete ? answer(request) : Promise.reject(deleteDisabled())),
  });
  const alive = health(() => accounts.metadata.listPolicies());
  return {
    health: { GET: alive, HEAD: alive },
    live: { GET: live, HEAD: live },
    ready: { GET: ready(readiness), HEAD: ready(readiness) },
    metrics: { GET: readMetrics(metrics), HEAD: readMetrics(metrics) },
    base: { GET: ping, HEAD: ping },
    token: { GET: getToken(token), HEAD: getToken(token), POST: postToken(token) },
    catalog: { GET: listRepositories(catalog), HEAD: listRepositories(catalog) },
    manifest: {
      GET: getManifest(manifests),
      HEAD: getManifest(manifests),
      PUT: putManifest(manifests),
      DELETE: ifAllowed(deleteManifest(manifests)),
    },
    blob: { GET: getBlob(blobs), HEAD: headBlob(blobs), DELETE: ifAllowed(deleteBlob(blobs)) },
    uploads: { POST: postUpload(uploads, blobs) },
    upload: {
      GET: getUpload(uploads),
      HEAD: getUpload(uploads),
      PATCH: patchUpload(uploads),
      PUT: putUpload(uploads),
      DELETE: deleteUpload(uploads),
    },
    tags: { GET: listTags(manifests), HEAD: listTags(manifests) },
    referrers: { GET: listReferrers(manifests), HEAD: listReferrers(manifests) },
    ...createAccountEndpoints(accounts),
  };
}

function deleteDisabled(): RegistryError {
  return new RegistryError('delete-disabled', 'Deleting is switched off in this registry.');
}
