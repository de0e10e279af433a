/** Compares a cluster's objects with what devreg applies, and looks how its workloads are. */
import { differingFields } from '../../doctor/object-drift.ts';
import type { ObjectReport, WorkloadReport } from '../../doctor/check-objects.ts';
import { judgeWorkload } from '../../kube/judge-workload.ts';
import type { KubeApi, ObjectKey } from '../../kube/kube-api.ts';
import type { Deployment } from '../../kube/workload-shapes.ts';
import { renderIngress, renderRegistry } from '../../rendering/cluster-objects.ts';
import type { Manifest } from '../../rendering/objects.ts';
import type { ClusterRecord } from '../../state/record.ts';
import { clusterViewOf } from '../cluster/cluster-views.ts';

/** What stands where the real one does not matter. */
const ANY = 'any';

/** What the objects of a cluster depend on. */
export interface ExpectedFacts {
  readonly record: ClusterRecord;
  readonly clusterIP: string;
  readonly podSubnets: readonly string[];
  /** PEM; undefined without TLS. */
  readonly authority: string | undefined;
  readonly version: string;
}

/** @returns the objects as devreg applies them, but for secrets */
export async function expectedObjects(facts: ExpectedFacts): Promise<Manifest[]> {
  const { record, clusterIP, podSubnets, authority, version } = facts;
  const view = clusterViewOf(record.settings, {
    cluster: record.name,
    version,
    image: ANY,
    clusterIP,
    trustedProxies: podSubnets,
    credentials: { password: ANY, token: ANY },
    tls: record.settings.tls === 'off' ? undefined : { certificate: ANY, key: ANY, authority: authority ?? ANY },
  });
  return [...(await renderRegistry(view)), ...(await renderIngress(view))];
}

/** Kinds whose content nodes, tools and this machine depend on, and which nobody else has a reason to change. */
const COMPARED: Readonly<Record<string, readonly string[]>> = { Service: ['spec'], ConfigMap: ['data'] };

/** The ingress has settings that depend on what else is in the cluster. */
const VARIABLE = new Set(['traefik']);

/**
 * Looks at every object.
 * @throws DevregError of the API
 */
export async function compareObjects(api: KubeApi, expected: readonly Manifest[]): Promise<ObjectReport[]> {
  return Promise.all(
    expected.map(async (wanted): Promise<ObjectReport> => {
      const { kind, metadata } = wanted;
      const object = [kind, [metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/')].join(
        ' ',
      );
      const found = await api.get(keyOf(wanted));
      if (found === undefined) return { object, drift: 'missing' };
      const parts = VARIABLE.has(metadata.name) ? [] : (COMPARED[kind] ?? []);
      const fields = parts.flatMap((part) => differingFields(wanted[part], found[part], part));
      return { object, drift: fields.length === 0 ? undefined : fields };
    }),
  );
}

/**
 * Looks at every Deployment among the objects; one that is gone is told with the objects.
 * @throws DevregError of the API
 */
export async function readWorkloads(api: KubeApi, expected: readonly Manifest[]): Promise<WorkloadReport[]> {
  const deployments = expected.filter(({ kind }) => kind === 'Deployment');
  const reports = await Promise.all(deployments.map((wanted) => readWorkload(api, wanted)));
  return reports.filter((report) => report !== undefined);
}

async function readWorkload(api: KubeApi, wanted: Manifest): Promise<WorkloadReport | undefined> {
  const { name, namespace = 'default' } = wanted.metadata;
  const deployment: Deployment | undefined = await api.get(keyOf(wanted));
  if (deployment === undefined) return undefined;
  if (deployment.spec?.replicas === 0) return { name, trouble: 'it was scaled to 0' };
  const core = { apiVersion: 'v1', namespace };
  const [replicaSets, pods, events, nodes] = await Promise.all([
    api.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace }),
    api.list({ ...core, kind: 'Pod' }),
    api.list({ ...core, kind: 'Event' }),
    api.list({ apiVersion: 'v1', kind: 'Node' }),
  ]);
  const verdict = judgeWorkload({ deployment, replicaSets, pods, events, nodes });
  return { name, trouble: verdict.state === 'up' ? undefined : verdict.reason };
}

function keyOf({ apiVersion, kind, metadata: { name, namespace } }: Manifest): ObjectKey {
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}
