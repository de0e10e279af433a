/** The user's kind configuration beside devreg's. */
import { describe, expect, it } from 'vitest';
import { mergeKindConfig } from '../../../src/cluster/kind/merge-config.ts';
import type { KindConfig, KindNode } from '../../../src/config/kind-config.ts';

const HEAD = { kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4' } as const;
const NAMED = { hostPort: 8443, containerPort: 443, listenAddress: '127.0.0.1' };
const LOCAL = { hostPort: 5001, containerPort: 30_500, listenAddress: '127.0.0.1' };
const DATA = { hostPath: '/home/a/data', containerPath: '/var/lib/devreg/data' };
const PATCH =
  'version = 3\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc/containerd/certs.d"\n';

const OWN: KindConfig = {
  ...HEAD,
  name: 'dev',
  nodes: [
    { role: 'control-plane', labels: { here: 'yes' }, extraPortMappings: [NAMED, LOCAL], extraMounts: [DATA] },
    { role: 'worker' },
  ],
  containerdConfigPatches: [PATCH],
};

function merge(user: Omit<KindConfig, 'kind' | 'apiVersion'>, workers?: number) {
  return mergeKindConfig(OWN, { ...HEAD, ...user }, workers);
}

function withNodes(...nodes: KindNode[]) {
  return merge({ nodes });
}

describe('mergeKindConfig', () => {
  it('keeps all that is the user’s', () => {
    const user = {
      networking: { serviceSubnet: '10.0.0.0/20', podSubnet: '10.1.0.0/16' },
      featureGates: { A: true },
      kubeadmConfigPatches: ['kind: InitConfiguration'],
      containerdConfigPatches: ['[debug]\nlevel = "debug"'],
      nodes: [
        { role: 'worker', image: 'a/b:1' },
        {
          role: 'control-plane',
          labels: { mine: 'too' },
          extraPortMappings: [{ hostPort: 80, containerPort: 80 }],
          extraMounts: [{ hostPath: '/a', containerPath: '/b', readOnly: true }],
        },
        { role: 'control-plane' },
      ],
    } as const;
    expect(merge(user)).toEqual({
      config: {
        ...HEAD,
        ...user,
        name: 'dev',
        containerdConfigPatches: ['[debug]\nlevel = "debug"', PATCH],
        nodes: [
          user.nodes[0],
          {
            role: 'control-plane',
            labels: { mine: 'too', here: 'yes' },
            extraPortMappings: [{ hostPort: 80, containerPort: 80 }, NAMED, LOCAL],
            extraMounts: [{ hostPath: '/a', containerPath: '/b', readOnly: true }, DATA],
          },
          user.nodes[2],
        ],
      },
      notes: [],
    });
  });

  it('takes its own nodes when the user lists none', () => {
    expect(merge({}, 1).config.nodes).toEqual(OWN.nodes);
    expect(merge({ nodes: [] }, 1).config.nodes).toEqual(OWN.nodes);
  });

  it('counts a node without a role as a control plane', () => {
    expect(withNodes({}).config.nodes?.[0]?.extraPortMappings).toEqual([NAMED, LOCAL]);
  });

  it('wants a control plane among the nodes', () => {
    expect(() => withNodes({ role: 'worker' })).toThrow(expect.objectContaining({ code: 'KIND_CONFIG_INVALID' }));
  });

  it('lets the name of the order win, and says so', () => {
    expect(merge({ name: 'theirs' })).toMatchObject({
      config: { name: 'dev' },
      notes: ['The kind configuration calls the cluster theirs; it is made as dev.'],
    });
    expect(merge({ name: 'dev' }).notes).toEqual([]);
  });

  it('looks through the user’s patches of containerd', () => {
    const patch = '[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]';
    expect(() => merge({ containerdConfigPatches: [patch] })).toThrow('registry.mirrors');
  });

  it('has no use for --workers beside nodes', () => {
    expect(() => merge({ nodes: [{}] }, 2)).toThrow(expect.objectContaining({ kind: 'usage', code: 'CONFIG_INVALID' }));
  });

  it.each([
    ['everywhere', { hostPort: 8443, containerPort: 80 }],
    ['on the same address', { hostPort: 5001, containerPort: 80, listenAddress: '127.0.0.1', protocol: 'tcp' }],
  ])('refuses a mapping of the same port %s', (_where, mapping) => {
    expect(() => withNodes({ extraPortMappings: [mapping] })).toThrow(
      expect.objectContaining({ kind: 'conflict', code: 'KIND_CONFIG_CONFLICT' }),
    );
    expect(() => withNodes({}, { role: 'worker', extraPortMappings: [mapping] })).toThrow(
      `port ${mapping.hostPort} of`,
    );
  });

  it('refuses the port of the API server', () => {
    expect(() => merge({ networking: { apiServerPort: 8443 } })).toThrow('the API server');
    expect(() => merge({ networking: { apiServerPort: 5001 }, nodes: [{}] })).toThrow('the API server');
  });

  it('lets be a mapping of the same port that gets in nobody’s way', () => {
    const udp = { hostPort: 8443, containerPort: 80, protocol: 'UDP' };
    const elsewhere = { hostPort: 5001, containerPort: 80, listenAddress: '10.0.0.1' };
    expect(withNodes({ extraPortMappings: [udp, elsewhere] }).config.nodes?.[0]?.extraPortMappings).toEqual([
      udp,
      elsewhere,
      NAMED,
      LOCAL,
    ]);
  });

  it('is content with a mapping that leads there already', () => {
    const theirs = { hostPort: 8443, containerPort: 443 };
    expect(withNodes({ extraPortMappings: [theirs] }).config.nodes?.[0]?.extraPortMappings).toEqual([theirs, LOCAL]);
  });

  it('refuses another folder in the place of the data', () => {
    const mount = { hostPath: '/other', containerPath: '/var/lib/devreg/data/' };
    expect(() => withNodes({ extraMounts: [mount] })).toThrow(
      expect.objectContaining({ code: 'KIND_CONFIG_CONFLICT' }),
    );
    expect(withNodes({ extraMounts: [DATA] }).config.nodes?.[0]?.extraMounts).toEqual([DATA]);
  });
});

describe('the way to the API from another machine', () => {
  const own = {
    ...OWN,
    networking: { apiServerAddress: '10.0.0.2', apiServerPort: 24_000 },
    kubeadmConfigPatches: ['ours'],
  };

  it('is kept beside the user’s own network, and their patches come last', () => {
    const user = { ...HEAD, networking: { ipFamily: 'dual', apiServerPort: 6443 }, kubeadmConfigPatches: ['theirs'] };
    expect(mergeKindConfig(own, user, undefined).config).toMatchObject({
      networking: { apiServerAddress: '10.0.0.2', apiServerPort: 6443, ipFamily: 'dual' },
      kubeadmConfigPatches: ['ours', 'theirs'],
    });
  });

  it('is nothing on this machine', () => {
    const { config } = mergeKindConfig(OWN, HEAD, undefined);
    expect(config).not.toHaveProperty('networking');
    expect(config).not.toHaveProperty('kubeadmConfigPatches');
  });
});
