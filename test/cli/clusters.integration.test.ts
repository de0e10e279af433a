/** Commands about clusters that are there, over programs that stand in for docker, podman and kind. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { RECORD } from '../state/sample-record.ts';
import { CLUSTER, NODES, openDesk, remember } from './support/engine.ts';

/** Something that answers as a registry does. */
async function openRegistry(): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader('docker-distribution-api-version', 'registry/2.0').writeHead(401).end();
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('get clusters and nodes', () => {
  it('shows ours alone, as they are', async () => {
    await using desk = await openDesk('docker', 'podman', 'kind');
    const registryPort = await openRegistry();
    await remember(desk.world, { ...CLUSTER, settings: { ...CLUSTER.settings, registryPort } });
    await remember(desk.world, { ...CLUSTER, name: 'gone' });
    await remember(desk.world, { ...CLUSTER, name: 'pod', engine: 'podman' });
    await desk.programs.addCluster('pod', { 'pod-control-plane': false }, 'podman');
    await remember(desk.world, { ...RECORD, process: undefined, madeFolder: undefined, trusted: [] });
    await desk.programs.addCluster('dev', NODES);
    await desk.programs.addCluster('foreign', { 'foreign-control-plane': true });
    const { stdout, exitCode } = await desk.run('get', 'clusters', '-o', 'json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      {
        name: 'dev',
        state: 'running',
        nodes: ['dev-control-plane', 'dev-worker'],
        names: ['registry.localtest.me:8443', `localhost:${registryPort}`],
        context: 'kind-dev',
        engine: 'docker',
        ingress: 'traefik',
        createdAt: CLUSTER.createdAt,
      },
      expect.objectContaining({ name: 'gone', state: 'missing', nodes: [] }),
      expect.objectContaining({ name: 'pod', state: 'stopped', nodes: ['pod-control-plane'], engine: 'podman' }),
    ]);
    expect((await desk.run('get', 'clusters', '-o', 'name')).stdout).toBe('cluster/dev\ncluster/gone\ncluster/pod\n');
    expect((await desk.run('get', 'clusters')).stdout.split('\n')[1]).toMatch(/^dev +running +2 +registry\.localtest/);
    expect((await desk.run('get', 'nodes')).stdout.replaceAll(/ +/g, ' ')).toBe(
      'NAME ROLE STATE CLUSTER\ndev-control-plane control-plane running dev\ndev-worker worker running dev\n' +
        'pod-control-plane control-plane stopped pod\n',
    );
    expect(parse((await desk.run('get', 'nodes', '--name', 'dev', '-o', 'yaml')).stdout)).toHaveLength(2);
  });

  it('asks no engine when there are none, and knows what is not there', async () => {
    await using desk = await openDesk();
    for (const what of ['clusters', 'nodes']) {
      expect(await desk.run('get', what, '-o', 'json')).toEqual({ stdout: '[]\n', stderr: '', exitCode: 0 });
      const { stdout, stderr, exitCode } = await desk.run('get', what, '--name', 'nope', '-o', 'json');
      expect({ stdout, exitCode }).toEqual({ stdout: '[]\n', exitCode: 3 });
      expect(stderr).toContain('REGISTRY_NOT_FOUND');
    }
  });

  it.each([
    ['clusters', 'No clusters. Make one with devreg create'],
    ['nodes', 'No nodes. Make a cluster with devreg create'],
  ])('says to people that there are no %s, and what to do next', async (what, words) => {
    await using desk = await openDesk();
    await remember(desk.world, { ...RECORD, process: undefined, madeFolder: undefined, trusted: [] });
    const { stdout, stderr, exitCode } = await desk.run('get', what);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
    expect(stderr).toContain(words);
    const named = await desk.run('get', what, '--name', RECORD.name);
    expect(named).toMatchObject({ stdout: '', exitCode: 3 });
    expect(named.stderr).toContain(`The registry ${RECORD.name} has no cluster: it runs as a process.`);
  });

  it('says when the engine of a cluster is not there, and lists it all the same', async () => {
    await using desk = await openDesk();
    await remember(desk.world, CLUSTER);
    const { stdout, stderr, exitCode } = await desk.run('get', 'clusters');
    expect({ stdout, exitCode }).toEqual({ stdout: expect.stringMatching(/^dev +unknown /m), exitCode: 0 });
    expect(stderr).toContain('warning: Docker is not installed');
  });
});

describe('status', () => {
  it('S1-25: says what to look at in a cluster, to people', async () => {
    await using desk = await openDesk('docker', 'kind');
    const placed = { namespace: 'raibid-system', serviceName: 'gitea-http', appName: 'gitea' };
    await remember(desk.world, { ...CLUSTER, settings: { ...CLUSTER.settings, ...placed } });
    const { stderr } = await desk.run('status');
    expect(stderr).toContain('  kubectl --context kind-dev -n raibid-system get svc gitea-http -o yaml\n');
    expect(stderr).toContain('  kubectl --context kind-dev -n raibid-system get pod -l app.kubernetes.io/name=gitea\n');
    expect((await desk.run('status', '-o', 'name')).stderr).toBe('');
  });

  it.each([
    ['running', NODES, 'ready', true],
    ['unready', NODES, 'ready', false],
    ['stopped', { ...NODES, 'dev-worker': false }, 'ready', false],
    ['unfinished', NODES, 'creating', false],
    ['missing', {}, 'ready', false],
  ] as const)('of a cluster that is %s', async (state, nodes, stage, answers) => {
    await using desk = await openDesk('docker', 'kind');
    const registryPort = answers ? await openRegistry() : 1;
    await remember(desk.world, { ...CLUSTER, stage, settings: { ...CLUSTER.settings, registryPort } });
    if (Object.keys(nodes).length > 0) await desk.programs.addCluster('dev', nodes);
    const { stdout, exitCode } = await desk.run('status', '-o', 'json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'dev', provider: 'kind', state, context: 'kind-dev', nodes: Object.keys(nodes).toSorted() },
    ]);
  });
});

describe('delete', () => {
  it('removes a cluster of ours, and says so', async () => {
    await using desk = await openDesk('docker', 'kind');
    await remember(desk.world, CLUSTER);
    await desk.programs.addCluster('dev', NODES);
    await desk.programs.addCluster('foreign', { 'foreign-control-plane': true });
    expect(await desk.run('delete')).toMatchObject({ stdout: 'Deleted the cluster dev.\n', exitCode: 0 });
    expect((await desk.run('get', 'clusters', '-o', 'json')).stdout).toBe('[]\n');
    expect(await desk.run('delete', '--name', 'foreign')).toMatchObject({
      stdout: 'There is no registry called foreign.\n',
    });
    expect((await desk.run('create', '--name', 'foreign')).stderr).toContain('CLUSTER_FOREIGN');
  });

  it('keeps images that are in a folder of this machine, and promises nothing it cannot do later', async () => {
    await using desk = await openDesk('docker', 'kind');
    const dataDir = desk.programs.path;
    await remember(desk.world, { ...CLUSTER, settings: { ...CLUSTER.settings, dataDir } });
    const { stderr } = await desk.run('delete');
    expect(stderr).toContain(`Its images stay in ${dataDir}, its password stays too.`);
  });
});

describe('logs', () => {
  it('of a cluster whose nodes are gone is told plainly', async () => {
    await using desk = await openDesk('docker', 'kind');
    await remember(desk.world, CLUSTER);
    const { stdout, stderr, exitCode } = await desk.run('logs');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toContain('CLUSTER_NOT_FOUND');
  });

  it.each([
    ['a registry there is not', ['logs', '--name', 'nope'], 3, 'REGISTRY_NOT_FOUND'],
    ['the ingress of a process', ['logs', 'ingress'], 3, 'LOG_NOT_FOUND'],
    ['a number of lines that is none', ['logs', '--tail', 'all'], 2, 'CONFIG_INVALID'],
    ['something else', ['logs', 'kubelet'], 2, 'USAGE'],
  ] as const)('of %s are none', async (_what, argv, exitCode, code) => {
    await using desk = await openDesk();
    await remember(desk.world, { ...RECORD, process: undefined, madeFolder: undefined, trusted: [] });
    const result = await desk.run(...argv);
    expect(result).toMatchObject({ stdout: '', exitCode });
    expect(result.stderr).toContain(code);
  });
});
