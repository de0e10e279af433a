/** Images in a folder of this machine: they outlive the cluster, however it goes, and go when told to. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let name: string;
let cluster: MadeCluster;
let digest: string;
let password: string;

beforeAll(async () => {
  user = undo.use(await openClusterUser());
  name = user.newName();
  cluster = await createCluster(user, { name, flags: '--data-dir images --hosts-file --login' });
  digest = await pushImage(user, `${cluster.named}/team/kept:1`);
  password = await readPassword();
});

afterAll(() => undo.disposeAsync());

async function readPassword(): Promise<string> {
  return (await user.sh(`devreg get secrets --name ${name} -o password`)).stdout;
}

async function expectKept(): Promise<void> {
  const image = `${cluster.named}/team/kept:1`;
  await user.sh(`docker images -q --filter label=${user.label} | sort -u | xargs -r docker rmi -f`);
  expect((await user.sh(`docker pull ${image}`)).stdout).toContain(digest);
  await runPod(user, cluster, 'kept', { image });
  expect(await readPassword()).toBe(password);
}

it('refuses to be another while it is there, and says how', async () => {
  const changes: readonly (readonly [string, string])[] = [
    ['--port 1', '--port'],
    ['--workers 1 --ingress none', '--ingress, --workers'],
    ['--protocol http', '--protocol'],
    ['--data-dir elsewhere', '--data-dir'],
  ];
  for (const [flags, named] of changes) {
    const { stderr } = await user.fails(5, `devreg create --name ${name} ${flags}`);
    expect(stderr).toContain(`The cluster ${name} was made with another ${named}.`);
    expect(stderr).toContain('--recreate');
  }
  await runPod(user, cluster, 'unharmed', { image: `${cluster.named}/team/kept:1` });
});

it('S1-16: are there after delete and create', async () => {
  const { output } = await user.sh(`devreg delete --name ${name}`);
  expect(output).toContain(`Its images stay in ${join(user.folder, 'images')}`);
  cluster = await createCluster(user, { name, flags: '--data-dir images --hosts-file --login' });
  await expectKept();
});

it('are there after --recreate, which changes what could not be changed', async () => {
  const uid = `get namespace kube-system -o jsonpath='{.metadata.uid}'`;
  const before = await kubectl(user, cluster, uid);
  cluster = await createCluster(user, { name, flags: '--recreate --ingress none --workers 1 --login' });
  expect(cluster.outcome).toBe('recreated');
  expect(await kubectl(user, cluster, uid)).not.toBe(before);
  expect((await user.sh(`devreg get nodes --name ${name} -o name`)).stdout.split('\n')).toHaveLength(2);
  await expectKept();
});

it('are there when the engine lost the cluster, which is made anew', async () => {
  await user.sh(`kind delete cluster --name ${name}`);
  expect(await user.json('devreg get clusters -o json')).toMatchObject([{ name, state: 'missing' }]);
  cluster = await createCluster(user, { name, flags: '--login' });
  await expectKept();
});

it('go with --volumes', async () => {
  await user.sh(`devreg delete --name ${name} --volumes --yes`);
  expect(await readdir(user.folder)).not.toContain('images');
  expect(await user.json('devreg get clusters -o json')).toEqual([]);
});
