/** A cluster of two nodes that is stopped and started, by devreg and behind its back: it works again, whoever did it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { pullsByNodes } from '../support/cluster-requests.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let cluster: MadeCluster;
let nodes: readonly string[];

beforeAll(async () => {
  user = undo.use(await openClusterUser(['curl']));
  await user.write('../home/.kube/config', 'apiVersion: v1\nkind: Config\ncontexts: [{name: mine, context: {}}]\n');
  await user.sh('kubectl config use-context mine');
  cluster = await createCluster(user, { flags: '--workers 1 --hosts-file --login' });
  nodes = [`${cluster.name}-control-plane`, `${cluster.name}-worker`];
});

afterAll(() => undo.disposeAsync());

const kube = (line: string) => kubectl(user, cluster, line);

async function timed(line: string): Promise<string> {
  const started = performance.now();
  const { stdout } = await user.sh(line);
  process.stderr.write(`${line}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return stdout;
}

/** A push by each name, and a pod of it on each node that can only have it from the registry; pods find both names. */
async function expectWorking(repository: string): Promise<void> {
  for (const [index, registry] of [cluster.named, cluster.local].entries()) {
    const image = `${registry}/${repository}:${index}`;
    await pushImage(user, image);
    await Promise.all(
      nodes.map((node, at) => runPod(user, cluster, `${repository.replace('/', '-')}-${index}-${at}`, { image, node })),
    );
  }
  expect((await pullsByNodes(user, cluster, repository)).length).toBeGreaterThanOrEqual(nodes.length);
}

async function stateOf(): Promise<unknown> {
  return ((await user.json('devreg status -o json')) as { state: string }[]).map(({ state }) => state);
}

describe('stopped', () => {
  it('has its containers still, says so, and answers nobody', async () => {
    await pushImage(user, `${cluster.local}/team/before:1`);
    expect(await timed('devreg stop')).toBe(`The cluster ${cluster.name} was stopped.`);
    const { stdout } = await user.sh(`docker inspect -f '{{.State.Running}}' ${nodes.join(' ')}`);
    expect(stdout).toBe('false\nfalse');
    expect(await stateOf()).toEqual(['stopped']);
    await user.fails(7, `curl -sS http://${cluster.local}/v2/`);
    expect(await user.json('devreg stop -o json')).toMatchObject([{ name: cluster.name, outcome: 'kept' }]);
  });

  it('would be started by create', async () => {
    const plan = (await user.json('devreg create --dry-run -o json')) as { part: string; state: string }[];
    expect(plan.filter(({ state }) => state !== 'same')).toMatchObject([{ part: 'nodes', state: 'patch' }]);
    expect(await stateOf()).toEqual(['stopped']);
  });

  it('is started, with its images, and the registry had ended in order', async () => {
    const said = await timed('devreg start');
    expect(said).toContain(`The cluster ${cluster.name} runs again.\n\n  Images     ${cluster.named}/NAME`);
    expect(await kube('-n devreg logs deployment/registry --previous')).toMatch(/"event":"closed"[^\n]*$/);
    await runPod(user, cluster, 'before', { image: `${cluster.local}/team/before:1` });
    await expectWorking('team/started');
    expect(await stateOf()).toEqual(['running']);
  });
});

describe('behind its back', () => {
  it('a node was restarted: the next create waits until it is one again', async () => {
    await user.sh(`docker restart -t 2 ${nodes[0]}`);
    expect(JSON.parse(await timed('devreg create -o json'))).toMatchObject({ outcome: 'kept' });
    await expectWorking('team/restarted');
  });

  it('its nodes were stopped, and lost what they were told of the registry: create starts and mends it', async () => {
    for (const node of nodes)
      await user.sh(`docker exec ${node} rm -r /etc/containerd/certs.d /etc/containerd/devreg-ca.crt`);
    await user.sh(`docker stop -t 2 ${nodes.join(' ')}`);
    expect(JSON.parse(await timed('devreg create -o json'))).toMatchObject({ outcome: 'started' });
    await expectWorking('team/mended');
  });

  it('its machine lost power, and its nodes came back with each other’s addresses', async () => {
    const addresses = async () =>
      (await user.sh(`docker inspect -f '{{.NetworkSettings.Networks.kind.IPAddress}}' ${nodes.join(' ')}`)).stdout;
    const before = await addresses();
    await user.sh(`docker kill ${nodes.join(' ')}`);
    // The first one to start is given the first address that is free.
    const [low = '', high = ''] = before.split('\n');
    const isFirstLower = Number(low.split('.')[3]) < Number(high.split('.')[3]);
    await user.sh(`docker start ${isFirstLower ? nodes.toReversed().join(' ') : nodes.join(' ')}`);
    expect(await addresses()).not.toBe(before);
    expect(JSON.parse(await timed('devreg create -o json'))).toMatchObject({ outcome: 'kept' });
    await expectWorking('team/moved');
  });
});

it('is deleted while it does not run, and kubectl is about what it was about before', async () => {
  expect((await user.sh('kubectl config current-context')).stdout).toBe(cluster.context);
  await user.sh('devreg stop --all');
  await user.sh('devreg delete');
  expect((await user.sh(`docker ps -aq --filter label=io.x-k8s.kind.cluster=${cluster.name}`)).stdout).toBe('');
  expect((await user.sh('kubectl config current-context')).stdout).toBe('mine');
});
