/** One image by many names: by a path of the parent host as idpbuilder has it, and by more names of the user's choice. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { runPod } from '../support/cluster-pods.ts';
import { pullsByNodes } from '../support/cluster-requests.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const IMAGE = 'giteaadmin/alpine';
const FLAGS =
  '--host gitea.cnoe.localtest.me --use-path-routing --san mirror.localtest.me --hosts-file --login --workers 1';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let cluster: MadeCluster;
let plain: string;
let byPath: string;
let byAlias: string;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['curl']));
  cluster = await createCluster(user, { flags: FLAGS });
  plain = `gitea.cnoe.localtest.me:${cluster.port}/${IMAGE}`;
  byPath = `cnoe.localtest.me:${cluster.port}/gitea/${IMAGE}`;
  byAlias = `mirror.localtest.me:${cluster.port}/${IMAGE}`;
});

afterAll(() => undo.disposeAsync());

const login = (registry: string) =>
  user.sh(
    `devreg get secrets -p gitea -o json | jq '.[0].data.password' -r | docker login -u giteaAdmin --password-stdin ${registry}`,
  );

it('S0-02 S0-06 S0-22: take the same login', async () => {
  for (const registry of ['gitea.cnoe.localtest.me', 'cnoe.localtest.me', 'mirror.localtest.me'])
    expect((await login(`${registry}:${cluster.port}`)).stdout).toContain('Login Succeeded');
  expect((await login(`cnoe.localtest.me:${cluster.port}/gitea`)).stdout).toContain('Login Succeeded');
});

it('S0-25 S0-27: are the same image for docker, with the same digest', async () => {
  const digest = await pushImage(user, `${plain}:latest`);
  for (const name of [byPath, byAlias]) {
    await user.sh(`docker tag ${plain}:latest ${name}:latest`);
    const { stdout } = await user.sh(`docker push ${name}:latest`);
    expect(stdout).toMatch(/: (Layer already exists|Mounted from .*)$/m);
    expect(stdout).not.toMatch(/: Pushed$/m);
    expect(stdout).toContain(`latest: digest: ${digest} size: `);
    expect((await user.sh(`docker rmi ${name}:latest; docker pull ${name}:latest`)).stdout).toContain(
      `Digest: ${digest}`,
    );
  }
  const { stdout } = await user.sh(
    `curl -sS --fail --cacert ${cluster.ca} https://gitea.cnoe.localtest.me:${cluster.port}/v2/_catalog`,
  );
  expect(JSON.parse(stdout)).toEqual({ repositories: [IMAGE] });
});

it('S0-28: are up to date for each other', async () => {
  const { stdout } = await user.sh(`docker pull ${byPath}:latest; docker pull ${byPath}:latest`);
  expect(stdout).toContain(`Status: Image is up to date for ${byPath}:latest`);
});

it('S0-14b S0-25 S0-29: run as pods on each node', async () => {
  const names = { plain, byPath, byAlias, local: `${cluster.local}/${IMAGE}` };
  for (const [name, reference] of Object.entries(names)) {
    for (const node of ['control-plane', 'worker']) {
      const pod = `${name.toLowerCase()}-${node}`;
      await runPod(user, cluster, pod, { image: `${reference}:latest`, node: `${cluster.name}-${node}` });
    }
  }
  expect(
    (await pullsByNodes(user, cluster, IMAGE)).length + (await pullsByNodes(user, cluster, `gitea/${IMAGE}`)).length,
  ).toBeGreaterThan(3);
});

it('take an image pushed by the path alone', async () => {
  await pushImage(user, `cnoe.localtest.me:${cluster.port}/gitea/team/other:1`);
  await runPod(user, cluster, 'other', { image: `${cluster.local}/team/other:1` });
});
