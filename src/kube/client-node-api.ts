/** The API of a real cluster. Loading it takes a while, since it loads @kubernetes/client-node: import it lazily. */
import { type ApiCall, type ApiClient, openApiClient } from './api-client.ts';
import { refused } from './api-errors.ts';
import { awaitReady } from './api-readiness.ts';
import { openConnection } from './connection.ts';
import type { KubeApi, KubeObject, ObjectKey } from './kube-api.ts';
import { readLines } from './lines.ts';
import { openResourcePaths, type ResourcePaths } from './resource-paths.ts';
import { list, watchList } from './watch-list.ts';

/** Who holds the fields that devreg sets. */
const FIELD_MANAGER = 'devreg';

/**
 * The API of the cluster that a kubeconfig is for.
 * @param kubeconfig as text; its current context counts
 * @throws DevregError KUBECONFIG_INVALID
 */
export function createKubeApi(kubeconfig: string): KubeApi {
  const client = openApiClient(openConnection(kubeconfig));
  const paths = openResourcePaths(client);

  return {
    ready: (signal) => awaitReady(client, signal),
    apply: (object, how) => apply(client, paths, object, how?.dryRun ?? false),
    async get(key) {
      const reply = await client.ask({ method: 'GET', path: await paths.ofObject(key) });
      return reply.status === 404 ? undefined : checked('get', key, reply);
    },
    async list(kind, labelSelector) {
      const selection = { ...kind, ...(labelSelector !== undefined && { labelSelector }) };
      const { objects } = await list(client, paths, selection);
      return [...objects.values()];
    },
    async patch(key, patch) {
      const call: ApiCall = {
        method: 'PATCH',
        path: `${await paths.ofObject(key)}?fieldManager=${FIELD_MANAGER}`,
        body: patch,
        contentType: 'application/merge-patch+json',
      };
      return checked('patch', key, await client.ask(call));
    },
    async remove(key) {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
      const reply = await client.ask({ method: 'DELETE', path: await paths.ofObject(key), body });
      if (reply.status === 404) return false;
      checked('remove', key, reply);
      return true;
    },
    async *watch({ name, ...kind }, signal) {
      const selection = { ...kind, fieldSelector: `metadata.name=${name}` };
      for await (const [object] of watchList(client, paths, selection, signal)) yield object;
    },
    watchList: (selection, signal) => watchList(client, paths, selection, signal),
    async *logs({ namespace, name, container }, { tail, follow, previous }, signal) {
      const query = new URLSearchParams({
        ...(container !== undefined && { container }),
        ...(tail !== undefined && { tailLines: `${tail}` }),
        ...(follow === true && { follow: 'true' }),
        ...(previous === true && { previous: 'true' }),
      });
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?${query.toString()}`;
      const body = await client.stream(`read the log of Pod ${namespace}/${name}`, { method: 'GET', path, signal });
      yield* readLines(body);
    },
  };
}

async function apply(client: ApiClient, paths: ResourcePaths, object: KubeObject, isDry: boolean): Promise<KubeObject> {
  const key = { ...object.metadata, apiVersion: object.apiVersion, kind: object.kind };
  const query = new URLSearchParams({ fieldManager: FIELD_MANAGER, force: 'true', fieldValidation: 'Strict' });
  if (isDry) query.set('dryRun', 'All');
  const call: ApiCall = {
    method: 'PATCH',
    path: `${await paths.ofObject(key)}?${query.toString()}`,
    body: object,
    // JSON is YAML too.
    contentType: 'application/apply-patch+yaml',
  };
  return checked('apply', key, await client.ask(call));
}

function checked(verb: string, key: ObjectKey, { status, body }: { status: number; body: unknown }): KubeObject {
  if (status < 200 || status >= 300) throw refused(`${verb} ${nameOf(key)}`, status, body);
  return body as KubeObject;
}

function nameOf({ kind, namespace, name }: ObjectKey): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
