/** The provider over a kind that follows a script. */
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ClusterOrder } from '../../../src/cluster/cluster-provider.ts';
import { createKindProvider } from '../../../src/cluster/kind/kind-provider.ts';
import type { Container } from '../../../src/engine/engine.ts';
import type { Command, Runner } from '../../../src/process/runner.ts';
import { type ExecHandler, createMemoryEngine } from '../../support/fakes/memory-engine.ts';
import { type ScriptLine, createScriptedRunner } from '../../support/fakes/scripted-runner.ts';

const ORDER: ClusterOrder = { name: 'dev', config: 'kind: Cluster\n', nodeImage: undefined, keepOnFailure: false };
const ADMIN_CONF =
  'certificate-authority-data: Q0E=\nserver: https://x:6443\nclient-certificate-data: Q0VSVA==\nclient-key-data: S0VZ\n';
const CONFIGURED =
  ' • Preparing nodes 📦 📦   ...\n ✓ Preparing nodes 📦 📦 \n • Writing configuration 📜  ...\n ✓ Writing configuration 📜\n';
const CREATE = /^kind create cluster /;
const DELETE: ScriptLine = { argv: /^kind delete cluster --name dev --kubeconfig \S+$/ };

function node(name: string, role: string, cluster = 'dev'): Container {
  const labels = { 'io.x-k8s.kind.cluster': cluster, 'io.x-k8s.kind.role': role };
  const ports = role === 'worker' ? [] : [{ host: '127.0.0.1', hostPort: 4711, containerPort: 6443 }];
  return { name, isRunning: true, labels, ports };
}

const NODES = [node('dev-worker', 'worker'), node('dev-control-plane', 'control-plane')];

const answer: ExecHandler = ({ command }) => (command[0] === 'cat' ? ADMIN_CONF : '');

/** kind is asked before there are containers; the script puts them there, as kind does. */
function stage(script: readonly ScriptLine[], exec: ExecHandler = answer) {
  const runner = createScriptedRunner(script, ['kind']);
  const engine = createMemoryEngine({ exec });
  const provider = createKindProvider({ runner, engine });
  const phases: string[] = [];
  const stop = new AbortController();
  const create = (order: Partial<ClusterOrder> = {}) =>
    provider.create(
      { ...ORDER, ...order },
      {
        signal: stop.signal,
        onPhase: (phase) => {
          if (phase === 'Starting the nodes') engine.containers.push(...NODES);
          phases.push(phase);
        },
      },
    );
  return { runner, engine, provider, phases, stop, create };
}

const calls = ({ runner }: ReturnType<typeof stage>) =>
  runner.calls.map(({ argv }) => argv.replace(/--kubeconfig \S+/, '--kubeconfig FILE'));

describe('create', () => {
  it('starts kind with the configuration, and hands out the pieces while it goes on', async () => {
    const staged = stage([{ argv: CREATE, stderr: CONFIGURED, hangs: true }, DELETE]);
    const birth = staged.create({ nodeImage: 'a/node:1' });
    expect(await birth.nodes).toEqual([
      { name: 'dev-control-plane', role: 'control-plane' },
      { name: 'dev-worker', role: 'worker' },
    ]);
    expect(JSON.parse(await birth.kubeconfig)).toMatchObject({
      'current-context': 'kind-dev',
      clusters: [{ cluster: { server: 'https://127.0.0.1:4711' } }],
    });
    expect(calls(staged)).toEqual([
      'kind create cluster --name dev --config - --kubeconfig FILE --retain --image a/node:1',
    ]);
    expect(staged.runner.calls[0]).toMatchObject({
      input: 'kind: Cluster\n',
      env: { KIND_EXPERIMENTAL_PROVIDER: 'docker' },
    });
    expect(staged.phases).toEqual(['Starting the nodes', 'Configuring the nodes']);
    staged.engine.containers.length = 0;
    staged.stop.abort(new Error('enough'));
    await expect(birth.made).rejects.toThrow('enough');
    expect(calls(staged).slice(1)).toEqual(['kind delete cluster --name dev --kubeconfig FILE']);
  });

  it('touches no runtime before kind has restarted it', async () => {
    const staged = stage([
      { argv: CREATE, stderr: CONFIGURED.split('\n').slice(0, 3).join('\n'), hangs: true },
      DELETE,
    ]);
    const birth = staged.create();
    await expect.poll(() => staged.phases).toHaveLength(2);
    expect(staged.engine.execs).toEqual([]);
    staged.engine.containers.length = 0;
    staged.stop.abort();
    await expect(birth.nodes).rejects.toBe(staged.stop.signal.reason);
  });

  it('has the pieces even of a kind that says nothing', async () => {
    const staged = stage([{ argv: CREATE, stderr: ' • Preparing nodes 📦 📦   ...\n' }]);
    const birth = staged.create();
    await birth.made;
    expect(await birth.nodes).toHaveLength(2);
  });

  it('removes its pieces when kind fails, and every promise has the reason', async () => {
    const staged = stage([
      { argv: CREATE, stderr: 'ERROR: failed to create cluster: bad luck\n', exitCode: 1 },
      DELETE,
    ]);
    const birth = staged.create();
    const failure = expect.objectContaining({ code: 'CLUSTER_FAILED', message: 'kind failed: bad luck.' });
    await expect(birth.made).rejects.toEqual(failure);
    await expect(birth.nodes).rejects.toEqual(failure);
    await expect(birth.kubeconfig).rejects.toEqual(failure);
    expect(calls(staged)).toHaveLength(2);
  });

  it('keeps its pieces when ordered so', async () => {
    const staged = stage([{ argv: CREATE, exitCode: 1 }]);
    await expect(staged.create({ keepOnFailure: true }).made).rejects.toMatchObject({ code: 'CLUSTER_FAILED' });
    expect(calls(staged)).toHaveLength(1);
  });

  it('never removes a cluster that is somebody else’s', async () => {
    const staged = stage([
      { argv: CREATE, stderr: 'ERROR: node(s) already exist for a cluster with the name "dev"', exitCode: 1 },
    ]);
    await expect(staged.create().made).rejects.toMatchObject({ code: 'CLUSTER_EXISTS' });
    expect(calls(staged)).toHaveLength(1);
    staged.engine.containers.push(...NODES);
    await expect(staged.create().made).rejects.toMatchObject({ code: 'CLUSTER_EXISTS' });
    expect(calls(staged)).toHaveLength(1);
  });

  it('does not end kind while containers are being started', async () => {
    const running = Promise.withResolvers<Command>();
    const runner: Runner = {
      ...createScriptedRunner([DELETE]),
      async run(command) {
        if (command.args[0] === 'delete') return { stdout: '', stderr: '' };
        running.resolve(command);
        return new Promise((_resolve, reject) => {
          command.signal?.addEventListener('abort', () => reject(command.signal?.reason));
        });
      },
    };
    const provider = createKindProvider({ runner, engine: createMemoryEngine() });
    const stop = new AbortController();
    const { made } = provider.create(ORDER, { signal: stop.signal, onPhase: () => {} });
    const command = await running.promise;
    command.onErrorLine?.(' • Ensuring node image (a/node:1) 🖼  ...');
    command.onErrorLine?.(' • Preparing nodes 📦 📦   ...');
    stop.abort(new Error('enough'));
    await turn();
    expect(command.signal?.aborted).toBe(false);
    command.onErrorLine?.(' ✓ Preparing nodes 📦 📦 ');
    await expect(made).rejects.toThrow('enough');
    expect(command.signal?.aborted).toBe(true);
  });

  it('waits for containers that were still being started when kind failed', async () => {
    const stderr =
      ' • Preparing nodes 📦 📦   ...\n ✗ Preparing nodes 📦 📦 \nERROR: failed to create cluster: bad luck\n';
    const staged = stage([
      { argv: CREATE, stderr, exitCode: 1 },
      { ...DELETE, stdout: () => clear() },
    ]);
    const clear = () => {
      expect(staged.engine.containers).toHaveLength(2);
      staged.engine.containers.length = 0;
      return '';
    };
    const provider = createKindProvider(staged);
    const { made } = provider.create(ORDER, {
      signal: new AbortController().signal,
      onPhase: () => setImmediate(() => staged.engine.containers.push(...NODES)),
    });
    await expect(made).rejects.toThrow('bad luck');
    expect(calls(staged)).toHaveLength(2);
  });

  it('removes again what comes back', async () => {
    let visits = 0;
    const comeBack = () => {
      staged.engine.containers.splice(0, 2, ...(visits === 0 ? NODES : []));
      visits += 1;
      return '';
    };
    const staged = stage([
      { argv: CREATE, stderr: 'ERROR: bad luck', exitCode: 1 },
      { ...DELETE, stdout: comeBack },
    ]);
    await expect(staged.create().made).rejects.toThrow('bad luck');
    expect(calls(staged)).toHaveLength(3);
  });

  it('says when the pieces cannot be removed', async () => {
    const staged = stage([
      { argv: CREATE, stderr: 'ERROR: bad luck', exitCode: 1 },
      { ...DELETE, stderr: 'ERROR: worse luck', exitCode: 1 },
    ]);
    await expect(staged.create().made).rejects.toMatchObject({
      code: 'CLUSTER_LEFTOVER',
      message: 'kind failed: bad luck. What was begun could not be removed: kind failed: worse luck.',
      hint: '`kind delete cluster --name dev` removes it.',
    });
  });

  it('fails when a node has no shell, and ends kind', async () => {
    const staged = stage([{ argv: CREATE, stderr: CONFIGURED, hangs: true }, DELETE], () => {
      staged.engine.containers.length = 0;
      throw new Error('OCI runtime exec failed: exec failed: exec: "/bin/sh": stat /bin/sh: no such file or directory');
    });
    await expect(staged.create().made).rejects.toMatchObject({
      code: 'NODE_IMAGE_UNFIT',
      message: expect.stringMatching(/^The image of node dev-(worker|control-plane) has no \/bin\/sh\.$/),
    });
  });

  it('tells that kind is not installed', async () => {
    const provider = createKindProvider({ runner: createScriptedRunner([]), engine: createMemoryEngine() });
    const birth = provider.create(ORDER, { signal: new AbortController().signal, onPhase: () => {} });
    await expect(birth.made).rejects.toMatchObject({ code: 'CLUSTER_TOOL_ABSENT' });
  });
});

describe('what there is', () => {
  const containers = [
    node('dev-worker10', 'worker'),
    node('dev-worker2', 'worker'),
    node('dev-external-load-balancer', 'external-load-balancer'),
    { ...node('dev-control-plane', 'control-plane'), isRunning: false },
    node('other-control-plane', 'control-plane', 'other'),
    { name: 'db', isRunning: true, labels: {}, ports: [] },
  ];
  const provider = createKindProvider({
    runner: createScriptedRunner([
      { argv: 'kind get kubeconfig --name dev', stdout: 'apiVersion: v1\n' },
      { argv: 'kind export kubeconfig --name dev' },
      { argv: 'kind delete cluster --name dev' },
    ]),
    engine: createMemoryEngine({ kind: 'podman', containers }),
  });

  it('is read from the labels of containers', async () => {
    expect(await provider.list()).toEqual(['dev', 'other']);
    expect(await provider.listNodes('dev')).toEqual([
      { name: 'dev-control-plane', role: 'control-plane', isRunning: false },
      { name: 'dev-worker2', role: 'worker', isRunning: true },
      { name: 'dev-worker10', role: 'worker', isRunning: true },
    ]);
    expect(await provider.listNodes('nothing')).toEqual([]);
  });

  it('is read and removed by kind', async () => {
    expect(await provider.readKubeconfig('dev')).toBe('apiVersion: v1\n');
    await provider.exportKubeconfig('dev');
    await provider.remove('dev');
  });
});
