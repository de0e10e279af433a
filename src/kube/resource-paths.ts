/** Where the API has the objects of a kind, as the API itself says, asked once for each group. */
import { DevregError } from '../errors.ts';
import type { ApiClient } from './api-client.ts';
import { refused } from './api-errors.ts';
import type { ObjectKey } from './kube-api.ts';

/** A kind of object, and perhaps the namespace they are in. */
type KindKey = Pick<ObjectKey, 'apiVersion' | 'kind' | 'namespace'>;

/** Finds paths. */
export interface ResourcePaths {
  /** @returns the path of all objects of a kind, in a namespace or everywhere. @throws DevregError CLUSTER_REFUSED for a kind it does not know */
  ofKind(key: KindKey): Promise<string>;
  /** @returns the path of one object; the namespace `default` when a kind has namespaces and the key has none */
  ofObject(key: ObjectKey): Promise<string>;
}

interface Resource {
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** @returns paths at the API that the client asks */
export function openResourcePaths(client: ApiClient): ResourcePaths {
  const known = new Map<string, Promise<readonly Resource[]>>();

  const find = async ({ apiVersion, kind }: KindKey): Promise<Resource> => {
    const cached = known.get(apiVersion);
    const asked = cached ?? discover(client, apiVersion);
    known.set(apiVersion, asked);
    // What failed is asked again, and so is what may have come about since.
    const found = (await asked.catch(forget)).find((resource) => resource.kind === kind);
    if (found !== undefined) return found;
    known.delete(apiVersion);
    if (cached !== undefined) return find({ apiVersion, kind });
    throw new DevregError('failure', 'CLUSTER_REFUSED', `The cluster has no objects of kind ${kind} (${apiVersion}).`, {
      hint: 'Its definition, a CustomResourceDefinition, comes first; or the kind is spelt otherwise.',
    });

    function forget(error: unknown): never {
      known.delete(apiVersion);
      throw error;
    }
  };
  const place = ({ apiVersion, namespace }: KindKey, { plural, isNamespaced }: Resource, fallback?: string) => {
    const space = isNamespaced ? (namespace ?? fallback) : undefined;
    return `${rootOf(apiVersion)}${space === undefined ? '' : `/namespaces/${space}`}/${plural}`;
  };
  return {
    ofKind: async (key) => place(key, await find(key)),
    ofObject: async (key) => `${place(key, await find(key), 'default')}/${key.name}`,
  };
}

/** The core group has a root of its own. */
function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

async function discover(client: ApiClient, apiVersion: string): Promise<readonly Resource[]> {
  const { status, body } = await client.ask({ method: 'GET', path: rootOf(apiVersion) });
  if (status === 404) return [];
  if (status !== 200) throw refused(`tell its kinds of objects in ${apiVersion}`, status, body);
  const { resources } = body as { resources: readonly { name: string; kind: string; namespaced: boolean }[] };
  return (
    resources
      // Parts of objects have a slash in their names: deployments/scale.
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced }) => ({ kind, plural: name, isNamespaced: namespaced }))
  );
}
