/** A `create` that was killed, wherever it was: the next one makes the cluster, and `delete` leaves nothing. */
import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { runPod } from '../support/cluster-pods.ts';
import { type Traces, findTraces } from '../support/cluster-traces.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let name: string;
let before: Traces;

beforeAll(async () => {
  user = undo.use(await openClusterUser());
});
beforeEach(async () => {
  name = user.newName();
  before = await findTraces(user, name);
});
afterEach(async () => void (await user.sh(`devreg delete --name ${name}`)));
afterAll(() => undo.disposeAsync());

/** Kills devreg, and nothing that it started, at a step or at something that goes on within one. */
async function killAt(words: string): Promise<void> {
  const line = `devreg create --name ${name} --port 0 --registry-port 0 --progress json 2>&1`;
  let isKilled = false;
  const running = user.start(line, (said) => {
    if (isKilled || !said.includes(words)) return;
    isKilled = true;
    // Not what it has started: that goes on for as long as it can.
    process.kill(running.pid, 'SIGKILL');
  });
  const { output } = await running.finished;
  expect(isKilled, output).toBe(true);
}

describe.each(['Starting the nodes', 'Starting the control plane', '"Starting the registry"'])(
  'killed at %s',
  (words) => {
    it('is unfinished, cannot be started, and goes without a trace', async () => {
      await killAt(words);
      expect(await user.json('devreg status -o json')).toMatchObject([{ name, state: 'unfinished' }]);
      await user.fails(3, `devreg start --name ${name}`);
      await user.sh(`devreg delete --name ${name}`);
      await expect.poll(async () => (await findTraces(user, name)).containers, { timeout: 60_000 }).toBe('');
      expect(await findTraces(user, name)).toEqual(before);
    });
  },
);

it('is made by the next create', async () => {
  await killAt('Starting the control plane');
  const cluster = await createCluster(user, { name });
  expect(cluster.outcome).toBe('recreated');
  const image = `${cluster.local}/team/afterwards:1`;
  await user.sh(`devreg login --name ${name}`);
  await pushImage(user, image);
  await runPod(user, cluster, 'afterwards', { image });
});
