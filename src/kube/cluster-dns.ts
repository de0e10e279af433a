/** Makes names resolve in a cluster's pods, by a patch of its CoreDNS. */
import { setTimeout as delay } from 'node:timers/promises';
import { isDevregError } from '../errors.ts';
import { awaitDeployment } from './await-workload.ts';
import { type DnsRules, withNames, withoutNames } from './corefile.ts';
import type { KubeApi, KubeObject } from './kube-api.ts';
import { conditionOf, type Pod } from './workload-shapes.ts';

export type { DnsRules } from './corefile.ts';

const NAMESPACE = 'kube-system';
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: 'coredns' };
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NAMESPACE, name: 'coredns' };
const POD = { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE };
/** The label that kubeadm's CoreDNS has kept from what was before it. */
const POD_LABEL = 'k8s-app=kube-dns';

/** What `kubectl rollout restart` writes. */
const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

const CONFLICT_TRIES = 10;
const CONFLICT_PAUSE_MS = 50;

type ConfigMap = KubeObject & {
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly managedFields?: readonly { readonly manager?: string; readonly time?: string }[];
  };
  readonly data?: Readonly<Record<string, string>>;
};

/**
 * Makes names mean what the rules say; resolves when all pods of CoreDNS answer so (S0-15). CoreDNS need not be there
 * yet. Pods that have not been started since their nodes were (`starts`) do not count. Names of other rules given before are forgotten; what others wrote stays.
 * @throws DevregError COREDNS_UNKNOWN, NAME_INVALID, those of `awaitDeployment` and of the API; the signal's reason
 */
export async function ensureNames(
  api: KubeApi,
  rules: DnsRules,
  signal: AbortSignal,
  starts?: ReadonlyMap<string, Date>,
): Promise<void> {
  await awaitConfig(api, signal);
  const config = await changeCorefile(api, (corefile) => withNames(corefile, rules), signal);
  if (config === undefined) return;
  await restartIfOlder(api, config);
  await awaitDeployment(api, DEPLOYMENT, { signal, starts });
}

/**
 * Makes pods of CoreDNS anew that are not ready: after a restart of their node they may have asked for the API before
 * there was a way to it, and then wait half a minute before they ask again.
 * @throws DevregError of the API
 */
export async function replaceUnready(api: KubeApi): Promise<void> {
  const pods = (await api.list({ apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE }, POD_LABEL)) as Pod[];
  const unready = pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && conditionOf({ status: status ?? {} }, 'Ready')?.status !== 'True',
  );
  await Promise.all(unready.map(({ metadata }) => api.remove({ ...POD, name: metadata.name })));
}

/**
 * Whether `ensureNames` would change the configuration.
 * @throws DevregError as `ensureNames` does
 */
export async function checkNames(api: KubeApi, rules: DnsRules): Promise<'same' | 'other'> {
  const corefile = corefileOf(await api.get(CONFIG));
  return corefile !== undefined && withNames(corefile, rules) === corefile ? 'same' : 'other';
}

/** Forgets all names given; CoreDNS notices by itself within a minute. Fine when there are none, or no CoreDNS. */
export async function removeNames(api: KubeApi, signal: AbortSignal): Promise<void> {
  await changeCorefile(api, withoutNames, signal);
}

/** On a cluster that is being made, it comes a little later than the API. */
async function awaitConfig(api: KubeApi, signal: AbortSignal): Promise<void> {
  for await (const config of api.watch(CONFIG, signal)) if (corefileOf(config) !== undefined) return;
}

/** @returns the configuration as it is then; undefined when there is none */
async function changeCorefile(
  api: KubeApi,
  change: (corefile: string) => string,
  signal: AbortSignal,
): Promise<ConfigMap | undefined> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    const config = await api.get(CONFIG);
    const corefile = corefileOf(config);
    if (config === undefined || corefile === undefined) return undefined;
    const changed = change(corefile);
    if (changed === corefile) return config;
    const { resourceVersion }: ConfigMap['metadata'] = config.metadata;
    try {
      return await api.patch(CONFIG, { metadata: { resourceVersion }, data: { Corefile: changed } });
    } catch (error) {
      if (!isDevregError(error) || error.code !== 'CLUSTER_CONFLICT' || tries === CONFLICT_TRIES) throw error;
      await delay(CONFLICT_PAUSE_MS);
    }
  }
}

/**
 * Pods read the file when they start, and again up to a minute after it changed: those that started before the change
 * are replaced. Pods that no node has taken yet start with the new text.
 */
async function restartIfOlder(api: KubeApi, config: ConfigMap): Promise<void> {
  const changed = lastChangeOf(config);
  const pods = (await api.list({ apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE }, POD_LABEL)) as Pod[];
  const isOlder = ({ metadata, spec, status }: Pod) =>
    metadata.deletionTimestamp === undefined &&
    spec?.nodeName !== undefined &&
    // Times are whole seconds: the same one may be before.
    Date.parse(status?.startTime ?? metadata.creationTimestamp ?? '') <= changed;
  if (!pods.some(isOlder)) return;
  const annotations = { [RESTARTED]: new Date().toISOString() };
  await api.patch(DEPLOYMENT, { spec: { template: { metadata: { annotations } } } });
}

/** Milliseconds since 1970; when nobody noted the time, long after everything. */
function lastChangeOf({ metadata }: ConfigMap): number {
  const times = (metadata.managedFields ?? []).map(({ manager, time }) =>
    manager === 'devreg' && time !== undefined ? Date.parse(time) : -Infinity,
  );
  return Math.max(...times) === -Infinity ? Infinity : Math.max(...times);
}

function corefileOf(config: ConfigMap | undefined): string | undefined {
  return config?.data?.['Corefile'];
}
