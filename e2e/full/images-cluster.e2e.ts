/** `devreg images …` with the registry of a cluster, and with docker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { buildImage, pushImage } from '../support/cluster-images.ts';
import { runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let name: string;
let cluster: MadeCluster;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['skopeo']));
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

describe('an archive is read by nodes: a pod runs from it, and no registry is asked', () => {
  const start = (tag: string) =>
    runPod(user, cluster, `loaded-${tag}`, { image: `${cluster.named}/team/loaded:${tag}`, isLoaded: true });

  /** Each from an image of its own, which no node has. */
  it.each([
    ['an export', 'export', (image: string) => `devreg images export -q ${image} -o archive`],
    ['an OCI archive', 'oci', (image: string) => `devreg images copy -q ${image} oci-archive:archive:${image}`],
    [
      'an archive for Docker',
      'docker',
      (image: string) => `devreg images copy -q ${image} docker-archive:archive:${image}`,
    ],
    ['an export of layers by zstd', 'zstd', (image: string) => `devreg images export -q ${image} -o archive`],
  ])('by kind load image-archive: %s', async (_what, tag, write) => {
    const image = `${cluster.named}/team/loaded:${tag}`;
    await buildImage(user, `loaded-${name}:${tag}`);
    const format = tag === 'zstd' ? '--dest-compress-format zstd' : '';
    await user.sh(`rm -rf archive layout
      skopeo copy -q --dest-compress ${format} docker-daemon:loaded-${name}:${tag} oci:layout:1
      devreg images copy -q oci:layout:1 ${image}
      ${write(image)}
      kind load image-archive archive --name ${name}`);
    await start(tag);
  });

  it.each(['gzip', 'zstd'])('by ctr on a node, from a pipe, also compressed by %s', async (compression) => {
    const image = `${cluster.named}/team/loaded:${compression}-pipe`;
    await buildImage(user, `loaded-${name}:${compression}-pipe`);
    await user.sh(`devreg images copy -q docker-daemon:loaded-${name}:${compression}-pipe ${image}
      devreg images export -q --compress ${compression} ${image} | docker exec -i ${name}-control-plane ctr -n k8s.io images import -`);
    await start(`${compression}-pipe`);
  });
});

it('S3-03 S3-14: prunes in the pod, and where nothing is to go yet nobody is asked', async () => {
  await images('tag @team/app:1 2');
  await images('delete @team/app:1');
  await images('delete @team/app:2');
  for (const flags of ['--dry-run', '', '--yes']) {
    expect(await images(`prune ${flags}`)).toMatch(/^Nothing of .* is to go[.]\n[1-9]\d* things? of .* kept/);
  }
  const answer: unknown = JSON.parse(await images('prune -o json'));
  expect(answer).toMatchObject({ decisions: [], garbage: { isDryRun: true, manifests: 0, kept: expect.any(Number) } });
  await user.fails(3, `devreg images digest @team/app:1 --name ${name}`);
});
