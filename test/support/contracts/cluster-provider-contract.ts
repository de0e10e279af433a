/** What holds for every provider of clusters, by the life of one cluster. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  ClusterBirth,
  ClusterNode,
  ClusterOrder,
  ClusterProvider,
} from '../../../src/cluster/cluster-provider.ts';

/** A provider that is tried. */
export interface ProviderSubject {
  readonly provider: ClusterProvider;
  /** An order for a cluster of one control plane and one worker, and a name that no other has. */
  readonly order: ClusterOrder;
  /** The text of the user's kubeconfig; empty when there is none. */
  readonly readUserKubeconfig: () => Promise<string>;
}

/** A cluster that was made. */
export interface MadeCluster extends ProviderSubject {
  readonly nodes: readonly ClusterNode[];
  readonly kubeconfig: string;
  readonly phases: readonly string[];
  /** Milliseconds from the order to each piece. */
  readonly times: Readonly<Record<'nodes' | 'kubeconfig' | 'made', number>>;
}

/**
 * Runs the contract.
 * @param more adds tests that need the cluster; they run before it is removed
 */
export function clusterProviderContract(
  open: () => Promise<ProviderSubject>,
  more?: (made: () => MadeCluster) => void,
): void {
  let subject: ProviderSubject;
  let cluster: MadeCluster;

  beforeAll(async () => {
    subject = await open();
  });
  afterAll(() => subject?.provider.remove(subject.order.name));

  it('knows nothing of a cluster that is not there', async () => {
    const { provider, order } = subject;
    expect(await provider.list()).not.toContain(order.name);
    expect(await provider.listNodes(order.name)).toEqual([]);
    await expect(provider.readKubeconfig(order.name)).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
    await expect(provider.exportKubeconfig(order.name)).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
    await provider.remove(order.name);
  });

  it('leaves nothing of a cluster that is called off', async () => {
    const { provider, order, readUserKubeconfig } = subject;
    const reason = new Error('called off');
    const stop = new AbortController();
    const birth = provider.create(order, { signal: stop.signal, onPhase: () => stop.abort(reason) });
    expect(await failuresOf(birth)).toEqual([reason, reason, reason]);
    expect(await provider.listNodes(order.name)).toEqual([]);
    expect(await readUserKubeconfig()).not.toContain(`kind-${order.name}`);
  });

  it('does not begin what was called off before', async () => {
    const reason = new Error('called off');
    const birth = subject.provider.create(subject.order, { signal: AbortSignal.abort(reason), onPhase: () => {} });
    expect(await failuresOf(birth)).toEqual([reason, reason, reason]);
  });

  it('makes a cluster, whose pieces are there before it is done', async () => {
    cluster = await make(subject);
    const { nodes, kubeconfig, phases, order, provider } = cluster;
    expect(nodes.map(({ role }) => role)).toEqual(['control-plane', 'worker']);
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(2);
    expect(kubeconfig).toContain(`kind-${order.name}`);
    expect(phases.length).toBeGreaterThan(0);
    expect(await provider.list()).toContain(order.name);
    expect(await provider.listNodes(order.name)).toEqual(nodes.map((node) => ({ ...node, isRunning: true })));
    expect(await provider.readKubeconfig(order.name)).toContain(`kind-${order.name}`);
  });

  it('refuses a second one by that name, and leaves the first', async () => {
    const { provider, order, nodes } = cluster;
    const birth = provider.create(order, { signal: new AbortController().signal, onPhase: () => {} });
    const taken = expect.objectContaining({ kind: 'conflict', code: 'CLUSTER_EXISTS' });
    expect(await failuresOf(birth)).toEqual([taken, taken, taken]);
    expect(await provider.listNodes(order.name)).toHaveLength(nodes.length);
  });

  it('adds the cluster to the user’s kubeconfig when asked', async () => {
    const { provider, order, readUserKubeconfig } = cluster;
    expect(await readUserKubeconfig()).not.toContain(`kind-${order.name}`);
    await provider.exportKubeconfig(order.name);
    expect(await readUserKubeconfig()).toContain(`kind-${order.name}`);
  });

  it('stops the cluster and starts it, and its API is where it was', async () => {
    const { provider, order, nodes } = cluster;
    const areRunning = async () => (await provider.listNodes(order.name)).map(({ isRunning }) => isRunning);
    await provider.stop(order.name);
    expect(await areRunning()).toEqual(nodes.map(() => false));
    await provider.stop(order.name);
    expect(await provider.start(order.name, new AbortController().signal)).toEqual(nodes);
    expect(await areRunning()).toEqual(nodes.map(() => true));
    expect(await provider.start(order.name, new AbortController().signal)).toEqual(nodes);
    expect(serverIn(await provider.readKubeconfig(order.name))).toBe(serverIn(cluster.kubeconfig));
  });

  more?.(() => cluster);

  it('removes the cluster, from the kubeconfig too', async () => {
    const { provider, order, readUserKubeconfig } = cluster;
    await provider.remove(order.name);
    expect(await provider.list()).not.toContain(order.name);
    expect(await provider.listNodes(order.name)).toEqual([]);
    expect(await readUserKubeconfig()).not.toContain(`kind-${order.name}`);
  });
}

function serverIn(kubeconfig: string): string | undefined {
  return /"?server"?: "?(https:[^",\s]+)/.exec(kubeconfig)?.[1];
}

async function make(subject: ProviderSubject): Promise<MadeCluster> {
  const start = performance.now();
  const phases: string[] = [];
  const birth = subject.provider.create(subject.order, {
    signal: new AbortController().signal,
    onPhase: (phase) => phases.push(phase),
  });
  const timed = async <T>(piece: Promise<T>) => ({ value: await piece, time: performance.now() - start });
  const [nodes, kubeconfig, made] = await Promise.all([timed(birth.nodes), timed(birth.kubeconfig), timed(birth.made)]);
  const times = { nodes: nodes.time, kubeconfig: kubeconfig.time, made: made.time };
  expect(Math.max(times.nodes, times.kubeconfig)).toBeLessThanOrEqual(times.made);
  return { ...subject, nodes: nodes.value, kubeconfig: kubeconfig.value, phases, times };
}

/** What each piece fails with. */
async function failuresOf({ nodes, kubeconfig, made }: ClusterBirth): Promise<unknown[]> {
  const results = await Promise.allSettled([nodes, kubeconfig, made]);
  return results.map((result) => (result.status === 'rejected' ? result.reason : 'it did not fail'));
}
