/** What goes wrong before or while a cluster is made: a sentence, a code for scripts, and nothing left behind. */
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';
import { type Traces, findTraces } from '../support/cluster-traces.ts';
import { holdPort } from '../support/free-port.ts';
import { type Finished, failure } from '../support/program.ts';

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
afterAll(() => undo.disposeAsync());

async function expectNothingLeft(): Promise<void> {
  expect(await findTraces(user, name)).toEqual(before);
}

const create = (flags: string) => `devreg create --name ${name} --port 0 --registry-port 0 ${flags}`;

describe('nothing is begun', () => {
  it.each([
    ['--kind-confg x.yaml', 2, /unknown option '--kind-confg'/i, /Did you mean --kind-config\?/],
    ['--workers many', 2, /--workers must be a number of nodes/, /"many"/],
    ['--ingress nginx', 2, /--ingress must be traefik or none/, /"nginx"/],
    ['--kind-config absent.yaml', 2, /absent\.yaml/, /error: /],
    ['--host registry.example.com', 2, /registry\.example\.com/, /localtest\.me/],
    ['--extra-ports 22', 2, /--extra-ports must be pairs of ports/, /"22"/],
  ])('by %s', async (flags, code, sentence, hint) => {
    const { stderr, stdout } = await user.fails(code, create(flags));
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(hint);
    expect(stdout).toBe('');
    await expectNothingLeft();
  });

  it.each([
    ['kind: Cluster\nnodes:\n  - role: [control-plane\n', 3],
    ['kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n  - role: master\n', 4],
  ])('by a kind configuration that is none, with its file and line: %j', async (text, line) => {
    await user.write('broken.yaml', text);
    const { stderr } = await user.fails(2, create('--kind-config broken.yaml'));
    expect(stderr).toMatch(new RegExp(`broken\\.yaml:(${line}|${line + 1}):\\d+`));
    await expectNothingLeft();
  });

  it('S0-20: by a port that is taken, saying by whom', async () => {
    await using held = await holdPort();
    for (const option of ['--port', '--registry-port']) {
      const { stderr } = await user.fails(5, create(`${option} ${held.port}`));
      expect(stderr).toMatch(new RegExp(`Port ${held.port} is in use by .*\\b${process.pid}\\b`));
      expect(stderr).toContain(option);
    }
    await expectNothingLeft();
  });

  it('by a port that another registry of the user has, saying which', async () => {
    const other = user.newName();
    const made = await user.json(`devreg create --provider process --name ${other} --port 0 --registry-port 0 -o json`);
    const port = (made as { names: string[] }).names[0]?.split(':')[1];
    before = await findTraces(user, name);
    const { stderr } = await user.fails(5, create(`--port ${port}`));
    expect(stderr).toContain(`Port ${port} is in use by the registry ${other}.`);
    await expectNothingLeft();
    await user.sh(`devreg delete --name ${other} --volumes --yes`);
  });

  it('without an engine, when a cluster is asked for', async () => {
    const env = { PATH: await pathWithout('docker', 'podman') };
    const { stderr } = await user.fails(6, create('--provider kind'), { env });
    expect(stderr).toMatch(/docker/i);
    await expectNothingLeft();
  });

  it('without an engine that answers, when a cluster is asked for', async () => {
    const env = { DOCKER_HOST: `unix://${user.folder}/nobody.sock`, PATH: await pathWithout('podman') };
    const { stderr } = await user.fails(6, create('--provider kind'), { env });
    expect(stderr).toMatch(/docker/i);
    await expectNothingLeft();
  });
});

/** A folder with every program but some. */
async function pathWithout(...names: readonly string[]): Promise<string> {
  const folder = join(user.folder, `path-without-${names.join('-')}`);
  await mkdir(folder);
  const programs = ['bash', 'env', 'sh', 'docker', 'kind', 'kubectl', 'podman'].filter(
    (program) => !names.includes(program),
  );
  for (const program of programs) {
    const { stdout } = await user.sh(`command -v ${program}`);
    await symlink(stdout, join(folder, program));
  }
  return [folder, join(user.home, 'bin'), dirname(process.execPath)].join(':');
}

it('without an engine there is a registry all the same, and the way to a cluster is told', async () => {
  const env = { PATH: await pathWithout('docker', 'podman', 'kind') };
  const { stdout, stderr } = await user.sh(create(''), { env });
  expect(stdout).toContain(`The registry ${name} is ready.`);
  expect(stderr).toMatch(/So the registry runs as a process of this machine\. For a cluster, /);
  await user.sh(`devreg delete --name ${name} --volumes --yes`);
});

describe('everything is taken back', () => {
  it('when time is up', async () => {
    const { stderr } = await user.fails(7, create('--hosts-file --timeout 1s'));
    expect(stderr).toContain('The cluster was not ready after 1 s.');
    await expectNothingLeft();
  });

  it.each([
    ['kind has just begun', 'Creating the cluster'],
    ['the nodes are told of the registry', 'Telling the nodes where the registry is'],
    ['the registry starts', 'Starting the registry'],
    ['names and trust are written', 'Logging in as giteaAdmin'],
  ])('by ^C when %s', async (_, step) => {
    const finished = await interruptAt(step);
    expect(finished.exitCode).toBe(130);
    expect(finished.stdout).toBe('');
    await expectNothingLeft();
  });

  it('when the node image is none', async () => {
    const { stderr } = await user.fails(6, create('--node-image registry.k8s.io/pause:3.10.1'));
    expect(stderr).toMatch(/^error: The node image is none for kind/m);
    await expectNothingLeft();
  });
});

/** Types ^C when a step begins: every process of the group gets the signal. */
async function interruptAt(step: string): Promise<Finished> {
  const line = `${create('--hosts-file --login --progress json')} 3>&2 2>&1 1>&3`;
  let isTyped = false;
  const running = user.start(`bash -c '${line}; exit $?'`, (text) => {
    if (isTyped || !text.includes(`"title":"${step}"`)) return;
    isTyped = true;
    running.kill('SIGINT');
  });
  const finished = await running.finished;
  if (!isTyped) throw failure(line, finished);
  // What it says of progress came on standard output here.
  return { ...finished, stdout: finished.stderr, stderr: finished.stdout };
}

describe('on request', () => {
  it('what was begun is kept, can be looked at, and deleted', async () => {
    const { stderr } = await user.fails(7, create('--keep-on-failure --timeout 6s'));
    expect(stderr).not.toContain('Removing');
    const traces = await findTraces(user, name);
    expect(traces.containers).toBe(`${name}-control-plane`);
    expect(traces.clusters).toMatchObject([{ name, state: 'unfinished' }]);
    await user.sh(`devreg delete --name ${name}`);
    await expectNothingLeft();
  });

  it('progress is lines of JSON', async () => {
    const { stderr } = await user.fails(7, create('--progress json --timeout 3s'));
    const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
    const events = lines.map((line) => JSON.parse(line) as { event?: string; time?: string });
    expect(events.filter(({ event }) => event === 'step').length).toBeGreaterThan(1);
    for (const { event, time } of events)
      expect([typeof event, Number.isNaN(Date.parse(`${time}`))]).toEqual(['string', false]);
    await expectNothingLeft();
  });

  it('C-02: everything is shown before it is made', async () => {
    const { stdout } = await user.sh(create('--dry-run -o yaml --workers 1'));
    const documents = parseAllDocuments(stdout).map(
      (document) => document.toJS() as { kind: string; nodes?: object[] },
    );
    expect(documents[0]).toMatchObject({ kind: 'Cluster', nodes: [{ role: 'control-plane' }, { role: 'worker' }] });
    expect(stdout).toMatch(/config_path = "\/etc\/containerd\/certs.d"/);
    const kinds = documents.map(({ kind }) => kind);
    for (const kind of [
      'Namespace',
      'Deployment',
      'Service',
      'Ingress',
      'PersistentVolumeClaim',
      'ConfigMap',
      'Secret',
    ])
      expect(kinds).toContain(kind);
    await expectNothingLeft();
  });
});
