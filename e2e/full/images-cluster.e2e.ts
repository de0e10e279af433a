/** `devreg images …` with the registry of a cluster, and with docker. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { buildImage, pushImage } from '../support/cluster-images.ts';
import { runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let name: string;
let cluster: MadeCluster;

beforeAll(async () => {
  user = undo.use(await openClusterUser());
  name = user.newName();
  cluster = await createCluster(user, { name, flags: '--login' });
});

afterAll(() => undo.disposeAsync());

const images = async (line: string) => (await user.sh(`devreg images ${line} --name ${name}`)).stdout;

it('reaches it by every name, without a name server', async () => {
  const digest = await pushImage(user, `${cluster.local}/team/app:1`);
  expect((await images('digest @team/app:1')).trim()).toBe(digest);
  expect((await images(`digest ${cluster.named}/team/app:1`)).trim()).toBe(digest);
  expect(await images('list -o name')).toContain('/team/app:1');
  expect(await images('verify')).toContain('all is well');
});

it('takes images of docker, and gives them back', async () => {
  const mine = `mine-${name}:1`;
  await buildImage(user, mine);
  await images(`push -q ${mine}`);
  await runPod(user, cluster, 'pushed', { image: `${cluster.named}/${mine}` });
  const id = async (image: string) => (await user.sh(`docker image inspect -f '{{.Id}}' ${image}`)).stdout;
  const before = await id(mine);
  await images(`pull -q ${mine}`);
  const pulled = (await user.sh(`docker images --format '{{.Repository}}:{{.Tag}}'`)).stdout.split('\n');
  const [there] = pulled.filter((one) => one.startsWith('localhost:') && one.endsWith(`/${mine}`));
  expect(await id(there ?? 'none')).toBe(before);
});

it('S3-03 S3-14: prunes, and the pod collects', async () => {
  await images('tag @team/app:1 2');
  await images('delete @team/app:1');
  await images('delete @team/app:2');
  const dry = await user.sh(`devreg images prune --dry-run --name ${name}`);
  expect(dry.stderr).toMatch(/Would remove|kept/);
  const pruned = await user.sh(`devreg images prune --yes --name ${name}`);
  expect(pruned.stderr).toMatch(/Removed [^]*(?:without a tag|kept)/);
  await user.fails(3, `devreg images digest @team/app:1 --name ${name}`);
});
