/** Where `create` makes a registry, and what it refuses first, over programs that stand in for docker, podman and kind. */
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { RECORD } from '../state/sample-record.ts';
import { CLUSTER, NODES, openDesk, remember } from './support/engine.ts';

describe('where create makes a registry', () => {
  it('in a cluster, where docker and kind are there', async () => {
    await using desk = await openDesk('docker', 'kind');
    const { stdout, stderr, exitCode } = await desk.run('create', '--dry-run', '--workers', '1');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const [config, namespace] = parseAllDocuments(stdout).map((document) => document.toJS());
    expect(config.nodes).toHaveLength(2);
    expect(namespace).toMatchObject({ kind: 'Namespace' });
  });

  it.each([
    [[], 'There is no container engine'],
    [['docker'], 'kind is not on the PATH'],
    [['kind'], 'There is no container engine'],
  ] as const)('as a process, where of the programs only %j are there, which it says', async (installed, reason) => {
    await using desk = await openDesk(...installed);
    const { stderr, exitCode } = await desk.run('create', '--dry-run');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
    expect(stderr).toContain('So the registry runs as a process of this machine');
    expect(stderr).toContain('code: OPTIONS_CLASH');
  });

  it.each([
    [[], 'ENGINE_ABSENT'],
    [['docker'], 'CLUSTER_TOOL_ABSENT'],
  ] as const)('nowhere, where a cluster is asked for and only %j are there', async (installed, code) => {
    await using desk = await openDesk(...installed);
    const { stderr, exitCode } = await desk.run('create', '--provider', 'kind');
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`code: ${code}`);
    expect(stderr).not.toContain('So the registry runs');
  });

  it('as a process, where that is asked for, without a word', async () => {
    await using desk = await openDesk('docker', 'kind');
    const { stderr, exitCode } = await desk.run('create', '--provider', 'process', '--dry-run');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('code: OPTIONS_CLASH');
    expect(stderr).not.toContain('So the registry runs');
  });

  it('where it was before', async () => {
    await using desk = await openDesk('docker', 'kind');
    await remember(desk.world, { ...RECORD, process: undefined, madeFolder: undefined, trusted: [] });
    expect((await desk.run('create', '--dry-run')).stderr).toContain('code: OPTIONS_CLASH');
    await using other = await openDesk();
    await remember(other.world, CLUSTER);
    const { stderr, exitCode } = await other.run('create', '--dry-run');
    expect(exitCode).toBe(6);
    expect(stderr).not.toContain('So the registry runs');
  });

  it('by the engine that it was made with, whichever else there is', async () => {
    await using desk = await openDesk('docker', 'kind');
    await remember(desk.world, { ...CLUSTER, engine: 'podman' });
    const { stderr, exitCode } = await desk.run('create');
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/Podman/);
  });
});

describe('what create refuses before it makes anything', () => {
  it.each([
    ['a cluster of somebody else’s', {}, NODES, [], 'CLUSTER_FOREIGN'],
    ['another shape', { record: true }, NODES, ['--workers', '5'], 'CLUSTER_DRIFT'],
  ] as const)('%s', async (_what, { record = false }: { record?: boolean }, nodes, flags, code) => {
    await using desk = await openDesk('docker', 'kind');
    await desk.programs.addCluster('dev', nodes);
    if (record) await remember(desk.world, CLUSTER);
    const { stdout, stderr, exitCode } = await desk.run('create', '--name', 'dev', ...flags);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 5 });
    expect(stderr).toContain(`code: ${code}`);
  });

  it('a configuration that is broken, with its place', async () => {
    await using desk = await openDesk('docker', 'kind');
    const { stderr, exitCode } = await desk.world.run(['create', '--dry-run', '--kind-config', '-'], {
      env: { PATH: desk.programs.path },
      input: 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: 3\n',
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('standard input:3:8');
  });

  it('every option that makes no sense, at once', async () => {
    await using desk = await openDesk('docker', 'kind');
    const { stderr, exitCode } = await desk.run('create', '--workers', 'x', '--extra-ports', '22', '--node-port', '1');
    expect(exitCode).toBe(2);
    for (const option of ['--workers', '--extra-ports', '--node-port']) expect(stderr).toContain(`${option} must be`);
  });
});
