/** Two clusters side by side on one machine: each with its own images, neither in the other's way, before and after. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let one: MadeCluster;
let other: MadeCluster;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['curl']));
  [one, other] = await Promise.all([
    createCluster(user, { flags: '--hosts-file --login' }),
    createCluster(user, { flags: '--hosts-file --login' }),
  ]);
});

afterAll(() => undo.disposeAsync());

it('share no port, and have the same host', () => {
  expect(new Set([one.port, one.localPort, other.port, other.localPort]).size).toBe(4);
  expect(one.named.split(':')[0]).toBe(other.named.split(':')[0]);
});

it('have the images that were pushed to each', async () => {
  for (const cluster of [one, other]) {
    await pushImage(user, `${cluster.named}/team/app:1`);
    await pushImage(user, `${cluster.local}/of/${cluster.name}:1`);
    for (const [index, image] of [`${cluster.named}/team/app:1`, `${cluster.local}/of/${cluster.name}:1`].entries())
      await runPod(user, cluster, `app-${index}`, { image });
    const { stdout } = await user.sh(`curl -fsS http://${cluster.local}/v2/_catalog`);
    expect(JSON.parse(stdout)).toEqual({ repositories: [`of/${cluster.name}`, 'team/app'] });
  }
  const digests = await Promise.all(
    [one, other].map(({ local }) => digestAt(`http://${local}/v2/team/app/manifests/1`)),
  );
  expect(new Set(digests).size).toBe(2);
});

async function digestAt(url: string): Promise<string | undefined> {
  const { stdout } = await user.sh(
    `curl -fsS -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' ${url} | sha256sum`,
  );
  return stdout.split(' ')[0];
}

it('are both in the lists, and a command without a name says that it needs one', async () => {
  const names = [one.name, other.name].map((name) => `cluster/${name}`).toSorted();
  expect((await user.sh('devreg get clusters -o name | sort')).stdout.split('\n')).toEqual(names);
  const { output } = await user.fails(3, 'devreg get secrets -o password');
  expect(output).toMatch(/--name/);
});

it('do not lose their names when the other is deleted', async () => {
  await user.sh(`devreg delete --name ${one.name}`);
  await pushImage(user, `${other.named}/team/later:1`);
  await runPod(user, other, 'later', { image: `${other.named}/team/later:1` });
  expect(await kubectl(user, other, 'get nodes -o name')).toBe(`node/${other.name}-control-plane`);
  expect((await user.sh('devreg get secrets -o password')).stdout).not.toBe('');
});
