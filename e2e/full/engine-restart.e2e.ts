/** The container engine itself ends and starts again, in order and without a word: its cluster works again afterwards. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { runPod } from '../support/cluster-pods.ts';
import { pullsByNodes } from '../support/cluster-requests.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';
import { SMALL } from '../support/image-names.ts';
import type { ProgramOptions } from '../support/program.ts';
import { type RemoteEngine, startRemoteEngine } from '../support/remote-engine.ts';

/** Nobody else's: other clusters lead theirs to loopback, too, but may take their lines away. */
const HOST = `engine-${randomBytes(3).toString('hex')}.localtest.me`;

const undo = new AsyncDisposableStack();
let engine: RemoteEngine;
let user: ClusterUser;
let cluster: MadeCluster;

beforeAll(async () => {
  engine = undo.use(await startRemoteEngine());
  user = besideEngine(undo.use(await openClusterUser(['curl', 'nsenter'])), engine);
  undo.defer(async () => void (await user.sh('devreg delete --all --volumes --yes')));
  undo.defer(() => engine.process.begin());
  cluster = await createCluster(user, { flags: `--host ${HOST} --hosts-file --login` });
});

afterAll(() => undo.disposeAsync());

/** Whatever the user types is typed on the engine's machine: its loopback has the ports, and its socket is the engine's. */
function besideEngine(real: ClusterUser, { network, socket }: RemoteEngine): ClusterUser {
  const line = `exec nsenter --net=${network} bash -e -o pipefail -c "$LINE"`;
  const given = (typed: string, options: ProgramOptions = {}) => ({
    ...options,
    env: { ...options.env, LINE: typed, DOCKER_HOST: socket },
  });
  const sh: ClusterUser['sh'] = (typed, options) => real.sh(line, given(typed, options));
  return {
    ...real,
    sh,
    fails: (code, typed, options) => real.fails(code, line, given(typed, options)),
    json: async (typed) => JSON.parse((await sh(typed)).stdout) as unknown,
  };
}

async function timed(line: string): Promise<string> {
  const started = performance.now();
  const { stdout } = await user.sh(line);
  process.stderr.write(`${line}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return stdout;
}

async function stateOf(): Promise<string | undefined> {
  const [found] = (await user.json('devreg status -o json')) as { readonly state: string }[];
  return found?.state;
}

/** What was pushed before is pulled once more, what is pushed now is, too, by both names; and doctor finds nothing. */
async function expectWorking(when: string): Promise<void> {
  const pulls = (repository: string) => pullsByNodes(user, cluster, repository);
  const before = (await pulls('team/before')).length;
  await pushImage(user, `${cluster.local}/team/${when}:local`);
  await pushImage(user, `${cluster.named}/team/${when}:named`);
  await runPod(user, cluster, `${when}-before`, { image: `${cluster.named}/team/before:1` });
  await runPod(user, cluster, `${when}-now`, { image: `${cluster.local}/team/${when}:named` });
  await runPod(user, cluster, `${when}-by-name`, { image: `${cluster.named}/team/${when}:local` });
  expect((await pulls('team/before')).length).toBeGreaterThan(before);
  expect((await pulls(`team/${when}`)).length).toBeGreaterThanOrEqual(2);
  await user.sh('devreg doctor --quick');
  expect(await stateOf()).toBe('running');
}

it('has an image to be kept', async () => {
  await pushImage(user, `${cluster.named}/team/before:1`);
  await expectWorking('first');
});

describe('while the engine is away', () => {
  beforeAll(() => engine.process.end('SIGTERM'));

  it('nobody says that the cluster is gone, and nothing is forgotten', async () => {
    expect(await stateOf()).toBe('unknown');
    const { output } = await user.fails(6, 'devreg start');
    expect(output).toContain('ENGINE_UNREACHABLE');
    await user.fails(6, 'devreg create');
  });
});

it('ended in order: what it runs by then is made whole by start', async () => {
  await engine.process.begin();
  expect(await stateOf()).toMatch(/^(stopped|unready|running)$/);
  expect(await timed('devreg start')).toContain(`The cluster ${cluster.name} runs`);
  await expectWorking('ended');
});

it('was killed: create makes the cluster whole', async () => {
  await engine.process.end('SIGKILL');
  await engine.process.begin();
  expect(await stateOf()).toMatch(/^(stopped|unready|running)$/);
  expect(JSON.parse(await timed('devreg create -o json'))).toMatchObject({ name: cluster.name });
  await expectWorking('killed');
});

it('came back without its nodes, whose address another container was given: start finds them a new one', async () => {
  const node = `${cluster.name}-control-plane`;
  const address = async () =>
    (await user.sh(`docker inspect -f '{{.NetworkSettings.Networks.kind.IPAddress}}' ${node}`)).stdout;
  const before = await address();
  // Else the engine may start it before the other container, and give it its address back.
  await user.sh(`docker update --restart no ${node}`);
  await user.sh(`docker stop -t 10 ${node}`);
  await user.sh(`docker run -d --network kind --restart always --name squatter ${SMALL}`);
  await engine.process.end('SIGTERM');
  await engine.process.begin();
  expect(await stateOf()).toBe('stopped');
  expect(await timed('devreg start')).toContain(`The cluster ${cluster.name} runs again.`);
  expect(await address()).not.toBe(before);
  await expectWorking('moved');
});
