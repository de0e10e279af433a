/** A cluster of three nodes: an image runs on each, and making the cluster again brings nothing from anywhere. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { pullsByNodes } from '../support/cluster-requests.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const FLAGS = '--workers 2 --hosts-file --login';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let name: string;
let cluster: MadeCluster;
let before: Images;

/** Images by reference and id, of the engine and of each node. */
type Images = Readonly<Record<string, string>>;

beforeAll(async () => {
  user = undo.use(await openClusterUser());
  name = user.newName();
  cluster = await createCluster(user, { name, flags: FLAGS });
  before = await imagesThere();
});

afterAll(() => undo.disposeAsync());

async function nodesOf(): Promise<string[]> {
  const { stdout } = await user.sh(`devreg get nodes --name ${name} -o json | jq -r '.[].name' | sort`);
  return stdout.split('\n');
}

async function imagesThere(): Promise<Images> {
  const engine = user.sh(
    `docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | grep -Ev 'localtest.me|^localhost|devreg-e2e|^<none>' | sort`,
  );
  const images: Record<string, string> = { engine: (await engine).stdout };
  for (const node of await nodesOf()) {
    const list = `docker exec ${node} ctr -n k8s.io images list | awk 'NR > 1 {print $1, $3}' | sort`;
    images[node] = (await user.sh(list)).stdout;
  }
  return images;
}

it('S0-14b: runs an image on every node, which asked the registry for it', async () => {
  const nodes = await nodesOf();
  expect(nodes).toEqual([`${name}-control-plane`, `${name}-worker`, `${name}-worker2`]);
  for (const [index, registry] of [cluster.named, cluster.local].entries()) {
    const image = `${registry}/team/on-each-${index}:1`;
    await pushImage(user, image);
    await Promise.all(
      nodes.map((node) => runPod(user, cluster, `pod-${index}-${node.slice(name.length + 1)}`, { image, node })),
    );
    const pulls = await pullsByNodes(user, cluster, `team/on-each-${index}`);
    expect(pulls.length).toBeGreaterThanOrEqual(nodes.length);
  }
});

it('S1-01: is deleted and made again with nothing pulled', async () => {
  await user.sh(`docker images -q --filter label=${user.label} | sort -u | xargs docker rmi -f`);
  await user.sh(`devreg delete --name ${name}`);
  cluster = await createCluster(user, { name, flags: FLAGS });
  expect(await imagesThere()).toEqual(before);
  const reasons = await kubectl(user, cluster, `get events -A -o jsonpath='{.items[*].reason}'`);
  expect(reasons).toContain('Started');
  expect(reasons).not.toMatch(/\b(Pulling|Failed|BackOff)\b/);
});
