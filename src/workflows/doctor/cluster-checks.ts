/** The checks of a cluster that runs: its nodes, its objects, its DNS. */
import { listClusterContainers } from '../../cluster/kind/kind-nodes.ts';
import { resolveFromNode } from '../../cluster/node-dns.ts';
import { readNodeProcessor } from '../../cluster/node-pull.ts';
import { readNodeTrust } from '../../cluster/node-trust-check.ts';
import { registryAddress } from '../../cluster/service-address.ts';
import { judgeClusterNames } from '../../doctor/check-names.ts';
import { judgeClusterApi, judgeObjects, judgeWorkloads } from '../../doctor/check-objects.ts';
import { judgeMapping } from '../../doctor/check-state.ts';
import { judgeNodeTrust } from '../../doctor/check-trust.ts';
import { type Finding, ok } from '../../doctor/finding.ts';
import type { ProbeArchitecture } from '../../doctor/probe-program.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import { DevregError, isDevregError } from '../../errors.ts';
import { withNames } from '../../kube/corefile.ts';
import type { KubeApi, KubeObject } from '../../kube/kube-api.ts';
import type { ClusterRecord } from '../../state/record.ts';
import { type ClusterConfig, configureKind } from '../cluster/configure-kind.ts';
import { dnsRulesOf, nodeTrustOf } from '../cluster/names-in-cluster.ts';
import type { Progress } from '../progress.ts';
import { registryNames } from '../settings.ts';
import { compareObjects, expectedObjects, readWorkloads } from './cluster-objects.ts';
import { clusterSteps } from './cluster-self-test.ts';
import type { Check } from './run-checks.ts';
import type { FurtherSteps } from './self-test.ts';

/** A cluster to be looked at. */
export interface ExaminedCluster {
  readonly record: ClusterRecord;
  readonly engine: ContainerEngine;
  /** Its nodes, all of which run. */
  readonly nodes: readonly string[];
  /** Opens its API. */
  readonly openApi: () => Promise<KubeApi>;
  /** The certificate to believe, PEM; undefined without TLS. */
  readonly authority: string | undefined;
  /** Of devreg. */
  readonly version: string;
}

const LIMIT_MS = 20_000;

/** Less than that: what needs the API has to have some time left. */
const API_MS = 8_000;

/** What a configuration says on the way was said when the cluster was made. */
const SILENT: Progress = { step: (_, work) => work(), note() {}, detail() {}, warn() {} };

/** Where CoreDNS is, and what it is told. */
const DNS_SERVICE = { apiVersion: 'v1', kind: 'Service', namespace: 'kube-system', name: 'kube-dns' };
const DNS_CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' };

/** The checks. Where its API cannot be asked, that is said once. */
export function clusterChecks(cluster: ExaminedCluster): Check[] {
  const { record, engine, nodes } = cluster;
  const { name } = record;
  let opened: Promise<KubeApi | undefined> | undefined;
  const api = () => (opened ??= openReady(cluster));
  const check = (of: string, run: Check['run']): Check => ({ name: of, limit: LIMIT_MS, run });
  const byApi = (of: string, run: (api: KubeApi, signal: AbortSignal) => Promise<Finding[]>) =>
    check(of, async (signal) => {
      const there = await api();
      return there === undefined ? [] : run(there, signal);
    });
  return [
    check('port', async () => judgeMapping(await readMapping(record, engine))),
    check('cluster-api', async () => [judgeClusterApi((await api()) !== undefined, name)]),
    check('node-trust', async (signal) => {
      const { clusterIP } = await configure(record);
      const trust = nodeTrustOf(record.settings, clusterIP, cluster.authority);
      return judgeNodeTrust(await readNodeTrust(engine, nodes, trust, signal), name, engine.kind);
    }),
    byApi('workload', async (there) => judgeWorkloads(await readWorkloads(there, await objectsOf(cluster)), name)),
    byApi('objects', async (there) => judgeObjects(await compareObjects(there, await objectsOf(cluster)), name)),
    byApi('cluster-dns', async (there, signal) => [await lookUp(cluster, there, signal)]),
  ];
}

/** What the self-test does in a cluster. */
export async function prepareClusterTest(
  cluster: ExaminedCluster,
  signal: AbortSignal,
): Promise<{ readonly processor: ProbeArchitecture; readonly further: FurtherSteps }> {
  const { record, engine, nodes } = cluster;
  const [first = ''] = nodes;
  const processor = await readProcessor(engine, first, signal);
  const names = [...new Set(registryNames(record.settings))];
  const api = await cluster.openApi();
  return { processor, further: clusterSteps({ engine, nodes, names, api }, signal) };
}

/** @returns undefined when the API does not answer */
async function openReady({ openApi }: ExaminedCluster): Promise<KubeApi | undefined> {
  const patience = AbortSignal.timeout(API_MS);
  try {
    const api = await openApi();
    await api.ready(patience);
    return api;
  } catch (error) {
    if (!patience.aborted && !isDevregError(error)) throw error;
    return undefined;
  }
}

async function configure(record: ClusterRecord): Promise<ClusterConfig & { readonly clusterIP: string }> {
  const config = await configureKind(record.name, record.settings, SILENT);
  return { ...config, clusterIP: registryAddress(config.serviceSubnet) };
}

async function objectsOf({ record, authority, version }: ExaminedCluster) {
  const { clusterIP, podSubnets } = await configure(record);
  return expectedObjects({ record, clusterIP, podSubnets, authority, version });
}

async function readMapping({ name, settings }: ClusterRecord, engine: ContainerEngine) {
  const containers = await listClusterContainers(engine, name);
  const published = containers.flatMap(({ ports }) => ports.map(({ hostPort }) => hostPort));
  const use = settings.ingress === 'none' ? 'the registry by its host' : 'the ingress';
  const wanted = [
    { port: settings.port, use },
    { port: settings.registryPort, use: 'the registry' },
  ];
  const unique = wanted.filter(({ port }, index) => wanted.findIndex((one) => one.port === port) === index);
  return { name, wanted: unique, published };
}

async function lookUp(cluster: ExaminedCluster, api: KubeApi, signal: AbortSignal): Promise<Finding> {
  const { record, engine, nodes } = cluster;
  const { host } = record.settings;
  const rules = dnsRulesOf(record.settings);
  if (rules.exact.length === 0) return ok('cluster-dns', `${host} means the pod itself to pods.`);
  const [config, service, { clusterIP }] = await Promise.all([
    api.get(DNS_CONFIG),
    api.get(DNS_SERVICE),
    configure(record),
  ]);
  const corefile = textAt(config, 'data', 'Corefile');
  const isConfigured = corefile !== undefined && withNames(corefile, rules) === corefile;
  const server = textAt(service, 'spec', 'clusterIP');
  const [node] = nodes;
  const answers =
    server === undefined || node === undefined || !isConfigured
      ? undefined
      : await resolveFromNode(engine, node, { server, name: host }, signal).catch(unasked);
  return judgeClusterNames({ isConfigured, answers, host, wanted: clusterIP }, record.name);
}

/** A node without the programs for it, or a DNS that does not answer. */
function unasked(error: unknown): undefined {
  if (!isDevregError(error)) throw error;
}

function textAt(object: KubeObject | undefined, part: string, key: string): string | undefined {
  const fields = object?.[part];
  if (typeof fields !== 'object' || fields === null) return undefined;
  const value: unknown = Reflect.get(fields, key);
  return typeof value === 'string' ? value : undefined;
}

const PROCESSORS: Readonly<Record<string, ProbeArchitecture>> = { x86_64: 'amd64', aarch64: 'arm64' };

async function readProcessor(engine: ContainerEngine, node: string, signal: AbortSignal): Promise<ProbeArchitecture> {
  const name = await readNodeProcessor(engine, node, signal);
  const processor = PROCESSORS[name];
  if (processor !== undefined) return processor;
  const message = `There is no small program for the processor of ${node}, ${name}.`;
  throw new DevregError('failure', 'PROCESSOR_UNKNOWN', message, { hint: 'Leave it out with --quick.' });
}
