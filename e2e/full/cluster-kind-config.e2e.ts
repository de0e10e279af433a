/** The user's own kind configuration: what stands in it holds, and the registry is there beside it. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';
import { findFreePort } from '../support/free-port.ts';

const undo = new AsyncDisposableStack();
let user: ClusterUser;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['curl']));
});
afterAll(() => undo.disposeAsync());

const SECRET = randomBytes(8).toString('hex');

/** A cluster of somebody who knows kind: two nodes, a mount, a port, patches for kubeadm and containerd, a subnet. */
function configOf(hostPort: number): string {
  return `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
name: of-the-file
networking:
  podSubnet: 10.85.0.0/16
  serviceSubnet: 10.86.0.0/16
containerdConfigPatches:
  - |
    version = 2
    [plugins."io.containerd.grpc.v1.cri"]
      max_container_log_line_size = 4242
  - |
    version = 3
    [plugins."io.containerd.cri.v1.runtime"]
      max_container_log_line_size = 4242
nodes:
  - role: control-plane
    extraMounts:
      - hostPath: ${user.folder}/mounted
        containerPath: /mounted
    extraPortMappings:
      - containerPort: 30123
        hostPort: ${hostPort}
        listenAddress: 127.0.0.1
    kubeadmConfigPatches:
      - |
        kind: InitConfiguration
        nodeRegistration:
          kubeletExtraArgs:
            node-labels: "of-the-user=yes"
  - role: worker
    labels:
      tier: second
`;
}

describe.each(['from a file', 'from standard input'])('%s', (way) => {
  let cluster: MadeCluster;
  let port: number;

  beforeAll(async () => {
    port = await findFreePort();
    await user.write('mounted/secret', SECRET);
    const input = configOf(port);
    const source = way === 'from a file' ? await user.write('kind.yaml', input) : '-';
    cluster = await createCluster(user, { flags: `--kind-config ${source} --hosts-file --login`, input });
    return async () => void (await user.sh(`devreg delete --name ${cluster.name}`));
  });

  it('has the nodes, labels, folders and settings that stand in it', async () => {
    const path = `{range .items[*]}{.metadata.name} {.metadata.labels.of-the-user}{.metadata.labels.tier}{"\\n"}{end}`;
    const nodes = await kubectl(user, cluster, `get nodes -o jsonpath='${path}'`);
    expect(nodes).toBe(`${cluster.name}-control-plane yes\n${cluster.name}-worker second`);
    const inside = (line: string) => user.sh(`docker exec ${cluster.name}-control-plane ${line}`);
    expect((await inside('cat /mounted/secret')).stdout).toBe(SECRET);
    expect((await inside('containerd config dump')).stdout).toContain('max_container_log_line_size = 4242');
    expect(await kubectl(user, cluster, `-n devreg get service registry -o jsonpath='{.spec.clusterIP}'`)).toMatch(
      /^10\.86\./,
    );
  });

  it('runs what was pushed, on each node', async () => {
    for (const [index, node] of ['control-plane', 'worker'].entries()) {
      const image = `${index === 0 ? cluster.named : cluster.local}/team/app-${index}:1`;
      await pushImage(user, image);
      await runPod(user, cluster, `app-${index}`, { image, node: `${cluster.name}-${node}` });
    }
  });

  it('leads its port to what the user puts behind it', async () => {
    const ports = '--tcp=5000:5000 --node-port=30123 --dry-run=client -o json';
    const service = await kubectl(user, cluster, `-n devreg create service nodeport of-the-user ${ports}`);
    const selected = JSON.parse(service) as { spec: object };
    const selector = { 'app.kubernetes.io/name': 'registry', 'app.kubernetes.io/part-of': 'devreg' };
    await kubectl(user, cluster, 'apply -f -', JSON.stringify({ ...selected, spec: { ...selected.spec, selector } }));
    const { stdout } = await user.sh(
      `curl -sS --fail --retry 10 --retry-all-errors http://127.0.0.1:${port}/v2/_catalog`,
    );
    expect(JSON.parse(stdout)).toEqual({ repositories: ['team/app-0', 'team/app-1'] });
  });
});
