/** A machine on which clusters come about, for tests: provider, engine and API in memory, and doors that open when the registry is up. */
import type { ClusterProvider } from '../../../src/cluster/cluster-provider.ts';
import type { KubeApi, KubeObject } from '../../../src/kube/kube-api.ts';
import type { KubeContexts } from '../../../src/workflows/cluster/kube-contexts.ts';
import { INGRESS_IMAGE } from '../../../src/workflows/cluster/cluster-views.ts';
import {
  type MemoryClusterProvider,
  createMemoryClusterProvider,
} from '../../support/fakes/memory-cluster-provider.ts';
import { type ExecHandler, type MemoryEngine, createMemoryEngine } from '../../support/fakes/memory-engine.ts';
import { type MemoryKubeApi, openMemoryKubeApi } from '../../support/fakes/memory-kube-api.ts';
import { type FakeDoors, makeFakeDoors } from './fake-doors.ts';

/** What a test may have of it. */
export interface FakeMachineOptions {
  readonly engine?: 'docker' | 'podman';
  readonly isRemote?: boolean;
  /** Images of the engine's store. */
  readonly images?: readonly string[];
  /** Clusters that somebody else made. */
  readonly foreign?: readonly string[];
  /** What making a cluster fails with. */
  readonly birthFailure?: Error;
  /** A Deployment that never comes up. */
  readonly broken?: string;
  /** Whether the registry's ports lead to it. */
  readonly hasDoors?: boolean;
  /** What the node says when it is told of the registry. */
  readonly trustOutput?: string;
}

/** The machine, and what happened on it. */
export interface FakeMachine extends AsyncDisposable {
  readonly provider: MemoryClusterProvider;
  readonly engine: MemoryEngine;
  readonly clusters: ClusterProvider;
  readonly doors: FakeDoors;
  /** The user's kubeconfig, as far as the provider's clusters are in it, and others. */
  readonly contexts: KubeContexts & { readonly known: Set<string>; chosen: string | undefined };
  readonly openApi: (kubeconfig: string) => Promise<KubeApi>;
  readonly apiOf: (cluster: string) => MemoryKubeApi;
  /** Takes nodes away as `docker rm` does. */
  readonly lose: (cluster: string) => Promise<void>;
  readonly setRunning: (cluster: string, isRunning: boolean) => Promise<void>;
  /** What nodes were told by the script that makes them trust the registry, the last one first. */
  readonly trustScripts: () => string[];
}

const UP = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };

/** The command that a node's trust is written by. */
const TRUST = '/bin/sh -s';

/** What the archive of devreg's own image is, and its name. */
export const OWN_IMAGE = { archive: 'the archive of the registry', reference: 'localhost/devreg-registry:test' };

/**
 * Makes the machine.
 * @param reach called before each thing happens
 * @param tlsFolderOf where a cluster's certificate is; undefined without TLS
 */
export function makeFakeMachine(
  options: FakeMachineOptions,
  reach: (event: string) => void,
  tlsFolderOf: (config: string) => string | undefined,
): FakeMachine {
  const { foreign = [], birthFailure, images = [INGRESS_IMAGE], hasDoors = true } = options;
  const doors = makeFakeDoors();
  const apis = new Map<string, MemoryKubeApi>();
  const provider = createMemoryClusterProvider({
    clusters: foreign,
    ...(birthFailure && { failure: birthFailure }),
  });
  const engine = createMemoryEngine({
    kind: options.engine ?? 'docker',
    isRemote: options.isRemote ?? false,
    images,
    exec: nodeCommands(options.trustOutput ?? '', reach),
  });
  const lose = async (name: string) => {
    await doors.close();
    await provider.remove(name);
    apis.delete(name);
    engine.containers.splice(0, engine.containers.length, ...engine.containers.filter((one) => !isOf(name, one.name)));
  };
  const setRunning = async (cluster: string, isRunning: boolean) => {
    if (!isRunning) await doors.close();
    provider.setRunning(cluster, isRunning);
    for (const [index, one] of engine.containers.entries())
      if (isOf(cluster, one.name)) engine.containers[index] = { ...one, isRunning };
  };
  const clusters: ClusterProvider = {
    ...provider,
    create(order, births) {
      reach(`create ${order.name}`);
      const birth = provider.create(order, births);
      for (const name of namesIn(order.name, order.config))
        engine.containers.push({ name, isRunning: true, labels: {}, ports: [] });
      return birth;
    },
    async exportKubeconfig(name) {
      reach(`export ${name}`);
      await provider.exportKubeconfig(name);
      contexts.known.add(`kind-${name}`);
      contexts.chosen = `kind-${name}`;
    },
    async start(name, signal) {
      const nodes = await provider.listNodes(name);
      if (nodes.some(({ isRunning }) => !isRunning)) {
        reach(`start ${name}`);
        await setRunning(name, true);
      }
      return provider.start(name, signal);
    },
    async stop(name) {
      reach(`stop ${name}`);
      await setRunning(name, false);
    },
    async remove(name) {
      reach(`remove ${name}`);
      contexts.known.delete(`kind-${name}`);
      if (contexts.chosen === `kind-${name}`) contexts.chosen = undefined;
      await lose(name);
    },
  };
  const apiOf = (cluster: string) => {
    const api = apis.get(cluster) ?? openNewApi();
    apis.set(cluster, api);
    return api;
  };
  const openDoors = async (cluster: string) => {
    const { config = '' } = provider.orders.findLast(({ name }) => name === cluster) ?? {};
    const ports = [...config.matchAll(/hostPort: (\d+)/g)].map(([, port]) => Number(port));
    for (const port of hasDoors ? ports.slice(0, 2) : []) await doors.open(port, tlsFolderOf(cluster));
  };
  const contexts: FakeMachine['contexts'] = {
    known: new Set(),
    chosen: undefined,
    current: async () => contexts.chosen,
    has: async (context) => contexts.known.has(context),
    async restore(context, after) {
      if (contexts.chosen === after && (await contexts.has(context))) contexts.chosen = context;
    },
  };
  return {
    provider,
    contexts,
    engine,
    clusters,
    doors,
    apiOf,
    lose,
    openApi: async (kubeconfig) => {
      const name = String(JSON.parse(kubeconfig)['current-context']).replace('kind-', '');
      const api = apiOf(name);
      return { ...api, apply: (object, how) => (how?.dryRun === true ? api.apply(object, how) : apply(object, api)) };

      async function apply(object: KubeObject, to: MemoryKubeApi): Promise<KubeObject> {
        reach(`apply ${object.kind} ${object.metadata.name}`);
        const applied = await to.apply(object);
        if (object.metadata.name === 'registry-credential') doors.login = loginIn(object);
        const status = object.metadata.name === options.broken ? undefined : STATUSES[object.kind];
        if (object.kind === 'Deployment' && object.metadata.name === 'registry' && status) await openDoors(name);
        return status === undefined ? applied : to.put({ ...applied, status });
      }
    },
    trustScripts: () =>
      engine.execs
        .filter(({ command }) => command.join(' ') === TRUST)
        .map(({ input }) => input)
        .toReversed(),
    setRunning,
    [Symbol.asyncDispose]: () => doors[Symbol.asyncDispose](),
  };
}

/** Nodes remember which images were brought to them. */
function nodeCommands(trustOutput: string, reach: (event: string) => void): ExecHandler {
  const images = new Map<string, Set<string>>();
  return ({ container, command }, input) => {
    const known = images.get(container) ?? new Set();
    images.set(container, known);
    const text = command.join(' ');
    if (text.includes('images ls')) return [...known].join('\n');
    if (text.includes('images import')) {
      const content = input.toString();
      const name = content === OWN_IMAGE.archive ? OWN_IMAGE.reference : String(JSON.parse(content).name);
      reach(`import ${name} on ${container}`);
      known.add(name);
      return '';
    }
    // Whether the registry is reached.
    if (command[0] === '/bin/bash') return 'open';
    if (input.includes('systemctl stop kubelet')) {
      reach(`drain ${container}`);
      return '';
    }
    reach(text === TRUST ? `trust on ${container}` : `${command[0]} on ${container}`);
    return text === TRUST ? trustOutput : '';
  };
}

/** What a cluster makes of objects, sooner or later. */
const STATUSES: Readonly<Record<string, object>> = {
  Deployment: UP,
  PersistentVolume: { phase: 'Bound' },
  PersistentVolumeClaim: { phase: 'Bound' },
};

/** What kubeadm leaves. */
function openNewApi(): MemoryKubeApi {
  const api = openMemoryKubeApi();
  const metadata = { name: 'coredns', namespace: 'kube-system' };
  api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: '.:53 {\n    errors\n}\n' } });
  api.put({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, status: UP });
  return api;
}

function loginIn({ data }: KubeObject): string {
  const { username = '', password = '' } = data as Record<string, string>;
  return [username, password].map((text) => Buffer.from(text, 'base64').toString()).join(':');
}

function namesIn(cluster: string, config: string): string[] {
  const workers = config.match(/role: worker/g) ?? [];
  return [`${cluster}-control-plane`, ...workers.map((_, index) => `${cluster}-worker${index === 0 ? '' : index + 1}`)];
}

function isOf(cluster: string, container: string): boolean {
  return container.startsWith(`${cluster}-`);
}
