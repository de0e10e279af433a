/** The registries of other projects' documents: what those documents tell their readers to type works, letter by letter. */
import { afterEach, describe, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { buildImage, pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

let undo = new AsyncDisposableStack();
afterEach(async () => {
  await undo.disposeAsync();
  undo = new AsyncDisposableStack();
});

async function openProfile(flags: string): Promise<{ readonly user: ClusterUser; readonly cluster: MadeCluster }> {
  const user = undo.use(await openClusterUser(['curl']));
  return { user, cluster: await createCluster(user, { flags, ports: '' }) };
}

describe('idpbuilder', () => {
  const PLAIN = 'gitea.cnoe.localtest.me:8443/giteaadmin';
  const BY_PATH = 'cnoe.localtest.me:8443/gitea/giteaadmin';

  it('S0-02 to S0-08 S0-11 S0-13 S0-22 S0-25 S0-34: is found by its own names, with its own options', async () => {
    const version = (process.env['DEVREG_NODE_IMAGE'] ?? '').split(':').at(-1) ?? '';
    const { user, cluster } = await openProfile(
      `--profile idpbuilder --hosts-file --kube-version ${version} --dev-password --host cnoe.localtest.me`,
    );
    expect(cluster.named).toBe('gitea.cnoe.localtest.me:8443');

    const table = (await user.sh('devreg get secrets -p gitea')).stdout;
    expect(table).toMatch(/^NAME +NAMESPACE +USERNAME +PASSWORD +TOKEN +DATA$/m);
    expect(table).toMatch(/ giteaAdmin +developer /);
    const byJq = `devreg get secrets -p gitea -o json | \\
      jq '.[0].data.password' -r | \\
      docker login -u giteaAdmin --password-stdin gitea.cnoe.localtest.me:8443`;
    expect((await user.sh(byJq)).stdout).toContain('Login Succeeded');
    const typed = (where: string, as: string) =>
      user.sh(`docker login -u ${as} --password-stdin ${where}`, { input: 'developer' });
    for (const where of ['gitea.cnoe.localtest.me:8443', 'cnoe.localtest.me:8443/gitea'])
      for (const as of ['giteaAdmin', 'giteaadmin'])
        expect((await typed(where, as)).stdout).toContain('Login Succeeded');

    const digest = await pushImage(user, `${PLAIN}/ubuntu:24.04`);
    await user.sh(`docker tag ${PLAIN}/ubuntu:24.04 ${BY_PATH}/ubuntu:24.04`);
    const again = (await user.sh(`docker push ${BY_PATH}/ubuntu:24.04`)).stdout;
    expect(again).not.toMatch(/: Pushed$/m);
    expect(again).toContain(`24.04: digest: ${digest} size: `);

    await user.sh('docker logout gitea.cnoe.localtest.me:8443; docker logout cnoe.localtest.me:8443');
    for (const name of [PLAIN, BY_PATH]) {
      const pulled = await user.sh(`docker rmi ${name}/ubuntu:24.04; docker pull ${name}/ubuntu:24.04`);
      expect(pulled.stdout).toContain(`Digest: ${digest}`);
    }
    const catalog = await user.sh(`curl -sS --fail --cacert ${cluster.ca} https://${cluster.named}/v2/_catalog`);
    expect(catalog.stdout).toBe('{"repositories":["giteaadmin/ubuntu"]}');
    await runPod(user, cluster, 'debug-pod', { image: `${PLAIN}/ubuntu:24.04` });
    await runPod(user, cluster, 'by-path', { image: `${BY_PATH}/ubuntu:24.04` });

    const nodes = await kubectl(user, cluster, "get nodes -o jsonpath='{.items[*].status.nodeInfo.kubeletVersion}'");
    expect(nodes).toBe(version);
    expect((await user.sh('devreg create --profile idpbuilder')).stdout).toContain('runs already');
  });
});

describe('raibid', () => {
  const IMAGE = 'localhost:3000/raibid-admin/my-app:latest';

  it('S1-02 to S1-09 S1-16 S1-25 S1-27: is found by its own names, in its own namespace', async () => {
    const { user, cluster } = await openProfile('--profile raibid');
    expect(cluster.named).toBe('localhost:3000');
    const { stdout: login } = await user.sh('docker login localhost:3000 -u raibid-admin -p adminadmin');
    expect(login).toContain('Login Succeeded');
    await buildImage(user, 'my-app:latest');
    await user.sh(`docker tag my-app:latest ${IMAGE}; docker push ${IMAGE}`);
    await user.sh(`docker rmi ${IMAGE} my-app:latest; docker pull ${IMAGE}`);
    await runPod(user, cluster, 'raibid-server', { image: IMAGE });
    const inside = 'gitea-http.raibid-system.svc.cluster.local:5000/raibid-admin/my-app:latest';
    await runPod(user, cluster, 'by-service', { image: inside });

    const typed = async (line: string) => (await user.sh(line)).stdout;
    expect(await typed('kubectl get svc -n raibid-system gitea-http')).toMatch(
      /^gitea-http +NodePort .*3000:30080\/TCP/m,
    );
    expect(await typed('kubectl get pod -n raibid-system -l app.kubernetes.io/name=gitea')).toMatch(/1\/1 +Running/);
    const ports = await typed('kubectl get svc -n raibid-system gitea-http -o yaml | grep -A 10 ports');
    expect(ports).toMatch(/nodePort: 30080\n +port: 3000\n/);
    expect(await typed('curl -sS -D - http://localhost:3000/v2/')).toMatch(
      /^docker-distribution-api-version: registry\/2.0\r$/im,
    );
    const provisioners =
      'kubectl get storageclass -o jsonpath=\'{range .items[*]}{.metadata.name}={.provisioner}{"\\n"}{end}\'';
    expect((await typed(provisioners)).split('\n').filter((line) => line !== '')).toEqual([
      'local-path=rancher.io/local-path',
      'standard=rancher.io/local-path',
    ]);
    const claim =
      "kubectl -n raibid-system get pvc -o jsonpath='{.items[*].spec.storageClassName} {.items[*].status.capacity.storage}'";
    expect(await typed(claim)).toBe('local-path 10Gi');
    const hosting = await typed("kubectl -n kube-public get cm local-registry-hosting -o jsonpath='{.data}'");
    expect(hosting).toContain('gitea-http.raibid-system.svc.cluster.local:5000');
    expect(await typed('devreg logs')).toContain('/v2/raibid-admin/my-app/manifests/');

    await usePrivately(user, cluster);
  });
});

/** A registry that nobody reads without a login: nodes do, with the logins they are given (S0-34). */
async function usePrivately(user: ClusterUser, cluster: MadeCluster): Promise<void> {
  const image = await pushPrivately(user);
  await kubectl(user, cluster, `run refused --image ${image} --image-pull-policy Always`);
  const waiting = "jsonpath='{.status.containerStatuses[0].state.waiting.reason}'=ErrImagePull";
  await kubectl(user, cluster, `wait pod/refused --timeout=60s --for=${waiting}`);
  await user.sh('devreg get secrets -o dockerconfigjson > logins.json');
  const again = await createCluster(user, {
    name: cluster.name,
    flags: '--profile raibid --registry-config=none.json,logins.json',
    ports: '',
  });
  expect(again.outcome).toBe('kept');
  await runPod(user, cluster, 'allowed', { image });
  const { stdout } = await user.sh(
    `docker exec ${cluster.name}-control-plane stat -c '%a %U' /var/lib/kubelet/config.json`,
  );
  expect(stdout.trim()).toBe('600 root');
}

async function pushPrivately(user: ClusterUser): Promise<string> {
  const image = 'localhost:3000/raibid-admin/secret:1';
  await pushImage(user, image);
  await user.sh("devreg permission revoke anonymous '**'");
  return image;
}
