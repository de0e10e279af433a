/** The configuration that a cluster is made by. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settleCluster, type WantedCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { configureKind } from '../../../src/workflows/cluster/configure-kind.ts';

async function configure(wanted: WantedCluster = {}) {
  const notes: string[] = [];
  const progress = {
    step: async <T>(_title: string, work: () => Promise<T>) => work(),
    detail: () => {},
    note: (text: string) => void notes.push(text),
    warn: () => {},
  };
  return { ...(await configureKind('dev', settleCluster(wanted, undefined), progress)), notes };
}

const kindConfig = (body: string) => ({
  source: 'mine.yaml',
  text: `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${body}`,
});

describe('by itself', () => {
  it('has kind’s own networks', async () => {
    const { text, serviceSubnet, podSubnets, notes } = await configure({ workers: 1 });
    expect({ serviceSubnet, podSubnets, notes }).toEqual({
      serviceSubnet: '10.96.0.0/16',
      podSubnets: ['10.244.0.0/16'],
      notes: [],
    });
    expect(parse(text).nodes.map(({ role }: { role: string }) => role)).toEqual(['control-plane', 'worker']);
  });
});

describe('with the user’s', () => {
  it('has both, and says what of theirs does not count', async () => {
    const own = kindConfig(
      'name: theirs\nnodes:\n  - role: control-plane\n    extraMounts: [{hostPath: /a, containerPath: /b}]\n',
    );
    const { text, notes } = await configure({ kindConfig: own });
    const [node] = parse(text).nodes;
    expect(node.extraMounts).toContainEqual({ hostPath: '/a', containerPath: '/b' });
    expect(node.extraPortMappings).toHaveLength(2);
    expect(notes).toEqual(['The kind configuration calls the cluster theirs; it is made as dev.']);
  });

  it.each([
    ['networking: {podSubnet: 10.1.0.0/16, serviceSubnet: 10.2.0.0/16}\n', '10.2.0.0/16', ['10.1.0.0/16']],
    ['networking: {ipFamily: ipv6}\n', 'fd00:10:96::/112', ['fd00:10:244::/56']],
    ['networking: {ipFamily: dual}\n', '10.96.0.0/16,fd00:10:96::/112', ['10.244.0.0/16', 'fd00:10:244::/56']],
    ['networking: {podSubnet: "10.1.0.0/16, fd00::/56"}\n', '10.96.0.0/16', ['10.1.0.0/16', 'fd00::/56']],
    ['networking: {podSubnet: ""}\n', '10.96.0.0/16', ['10.244.0.0/16']],
  ])('has its networks: %j', async (body, serviceSubnet, podSubnets) => {
    expect(await configure({ kindConfig: kindConfig(body) })).toMatchObject({ serviceSubnet, podSubnets });
  });

  it('lets workers be asked for only where it lists no nodes', async () => {
    const nodes = kindConfig('nodes: [{role: control-plane}, {role: worker}]\n');
    await expect(configure({ kindConfig: nodes, workers: 1 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(parse((await configure({ kindConfig: nodes })).text).nodes).toHaveLength(2);
    expect(parse((await configure({ kindConfig: kindConfig(''), workers: 1 })).text).nodes).toHaveLength(2);
  });

  it('names the place of what is broken', async () => {
    await expect(configure({ kindConfig: kindConfig('nodes: 3\n') })).rejects.toMatchObject({
      code: 'KIND_CONFIG_INVALID',
      message: expect.stringContaining('mine.yaml:3:8'),
    });
  });
});
