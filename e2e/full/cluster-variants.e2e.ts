/** Clusters by other options: the same names work in each of them, on this machine, on the node and in pods. */
import { afterAll, describe, expect, it } from 'vitest';
import { createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { pullsByNodes } from '../support/cluster-requests.ts';
import { openClusterUser } from '../support/cluster-user.ts';

const undo = new AsyncDisposableStack();
afterAll(() => undo.disposeAsync());

/** Options, what they change in the cluster, and what the registry is asked by. */
interface Variant {
  readonly flags: string;
  readonly ports?: string;
  readonly admin?: string;
  readonly scheme: 'http' | 'https';
  /** A line of kubectl, and what it prints. */
  readonly seen: readonly (readonly [line: string, output: string | RegExp])[];
}

const VARIANTS: readonly Variant[] = [
  {
    flags: '--ingress none',
    scheme: 'https',
    seen: [
      ['-n devreg get deployments -o name', 'deployment.apps/registry'],
      ['get ingress -A -o name', ''],
    ],
  },
  {
    flags: '--protocol http --storage-class standard --storage-size 2Gi',
    scheme: 'http',
    seen: [
      [
        '-n devreg get pvc registry-data -o jsonpath={.spec.storageClassName}/{.status.phase}/{.spec.resources.requests.storage}',
        'standard/Bound/2Gi',
      ],
      ['-n devreg get secrets -o name', 'secret/registry-credential'],
    ],
  },
  {
    // As raibid-ci has it (S1-02, S1-03, S1-04).
    flags: '--protocol http --ingress none --node-port 30080 --user raibid-admin',
    ports: '--port 0 --registry-port 3000',
    admin: 'raibid-admin',
    scheme: 'http',
    seen: [
      [
        '-n devreg get service registry-nodeport -o jsonpath={.spec.type}/{.spec.ports[*].nodePort}',
        /^NodePort\/.*\b30080\b/,
      ],
    ],
  },
];

describe.each(VARIANTS)('$flags', ({ flags, ports, scheme, seen, admin = 'giteaAdmin' }) => {
  it('S1-02 S1-03 S1-06 S1-07 S1-09: is pushed to, pulled from, and runs what was pushed', async () => {
    const user = undo.use(await openClusterUser(['curl']));
    const wish = { flags: `${flags} --hosts-file --login`, ...(ports !== undefined && { ports }) };
    const cluster = await createCluster(user, wish);
    for (const [index, registry] of [cluster.named, cluster.local].entries()) {
      const image = `${registry}/${admin.toLowerCase()}/app-${index}:latest`;
      await pushImage(user, image);
      await user.sh(`docker rmi ${image}; docker pull ${image}`);
      await runPod(user, cluster, `app-${index}`, { image });
      expect(await pullsByNodes(user, cluster, `${admin.toLowerCase()}/app-${index}`)).not.toEqual([]);
    }
    const trust = cluster.ca === null ? '' : `--cacert ${cluster.ca}`;
    const { stdout } = await user.sh(`curl -sS --fail ${trust} ${scheme}://${cluster.named}/v2/_catalog`);
    expect(JSON.parse(stdout)).toHaveProperty('repositories.length', 2);
    for (const [line, output] of seen) {
      const printed = await kubectl(user, cluster, line.replaceAll(/\S*[{}]\S*/g, "'$&'"));
      if (typeof output === 'string') expect(printed).toBe(output);
      else expect(printed).toMatch(output);
    }
    expect((await user.sh('devreg create --login')).stdout).toContain('runs already');
    await user.sh('devreg delete');
  });
});
