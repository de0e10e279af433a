/** What registry and ingress of a cluster say. */
import { DevregError } from '../../errors.ts';
import type { KubeApi } from '../../kube/kube-api.ts';
import type { LogWish } from '../../provider/process/read-log.ts';
import type { ClusterSettings } from '../../state/record.ts';

/** Whose log. */
export type LogSource = 'registry' | 'ingress';

/**
 * Reads a log, line by line.
 * @throws DevregError LOG_NOT_FOUND when there is no such pod, and those of the API
 */
export async function* readClusterLog(
  api: KubeApi,
  source: LogSource,
  { namespace, appName }: Pick<ClusterSettings, 'namespace' | 'appName'>,
  { tail, follow }: LogWish,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const kind = { apiVersion: 'v1', kind: 'Pod', namespace };
  const pods = await api.list(kind, `app.kubernetes.io/name=${source === 'registry' ? appName : 'traefik'}`);
  const [pod] = pods.toSorted((one, other) => createdAt(other).localeCompare(createdAt(one)));
  if (pod === undefined) throw notFound(source, namespace);
  const options = { follow, ...(tail !== undefined && { tail }) };
  yield* api.logs({ namespace, name: pod.metadata.name }, options, signal);
}

function createdAt({ metadata }: { readonly metadata: object }): string {
  return 'creationTimestamp' in metadata ? String(metadata.creationTimestamp) : '';
}

function notFound(source: LogSource, namespace: string): DevregError {
  const hint =
    source === 'ingress'
      ? 'The cluster may have been made with --ingress none.'
      : `See kubectl -n ${namespace} get events.`;
  return new DevregError('not-found', 'LOG_NOT_FOUND', `No pod of the ${source} is there.`, { hint });
}
