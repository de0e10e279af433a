/** The configuration that kind gets (C-02, S0-34, S1-03). */
import { describe, expect, it } from 'vitest';
import { parseKindConfig } from '../../src/config/kind-config-file.ts';
import { type KindConfigView, renderKindConfig } from '../../src/rendering/kind-config.ts';

const VIEW: KindConfigView = {
  cluster: 'dev',
  workers: 0,
  protocol: 'https',
  listenAddress: '127.0.0.1',
  port: 8443,
  localPort: 5001,
  nodePort: 30_500,
  namedNodePort: undefined,
  extraPorts: [],
  dataFolder: undefined,
};

async function render(view: Partial<KindConfigView> = {}) {
  return parseKindConfig(await renderKindConfig({ ...VIEW, ...view }), 'rendered');
}

async function mappings(view: Partial<KindConfigView>): Promise<string[]> {
  const config = await render(view);
  return (config.nodes?.[0]?.extraPortMappings ?? []).map(
    ({ hostPort, containerPort, listenAddress }) => `${listenAddress}:${hostPort}→${containerPort}`,
  );
}

describe('renderKindConfig', () => {
  it('is one control plane with the ports of this machine', async () => {
    expect(await renderKindConfig(VIEW)).toMatchInlineSnapshot(`
      "kind: Cluster
      apiVersion: kind.x-k8s.io/v1alpha4
      name: "dev"
      nodes:
        - role: control-plane
          labels:
            # The registry and the ingress run here: it is the node that this machine's ports lead to.
            "devreg/registry": "true"
          extraPortMappings:
            # The ingress.
            - hostPort: 8443
              containerPort: 443
              listenAddress: "127.0.0.1"
            # The registry itself.
            - hostPort: 5001
              containerPort: 30500
              listenAddress: "127.0.0.1"
      containerdConfigPatches:
        # Where containerd finds, for each name of the registry, the way to it. There are two generations of its
        # configuration; kind leaves out the patch whose version is not that of the node's file.
        - |
          version = 2
          [plugins."io.containerd.grpc.v1.cri".registry]
            config_path = "/etc/containerd/certs.d"
        - |
          version = 3
          [plugins."io.containerd.cri.v1.images".registry]
            config_path = "/etc/containerd/certs.d"
      "
    `);
  });

  it('has workers after the control plane, which alone has ports', async () => {
    const { nodes } = await render({ workers: 2 });
    expect(nodes?.map(({ role }) => role)).toEqual(['control-plane', 'worker', 'worker']);
    expect(nodes?.slice(1)).toEqual([{ role: 'worker' }, { role: 'worker' }]);
  });

  it('leads the named port to the ingress, or to the registry without one', async () => {
    expect(await mappings({})).toEqual(['127.0.0.1:8443→443', '127.0.0.1:5001→30500']);
    expect(await mappings({ protocol: 'http' })).toEqual(['127.0.0.1:8443→80', '127.0.0.1:5001→30500']);
    expect(await mappings({ namedNodePort: 30_501 })).toEqual(['127.0.0.1:8443→30501', '127.0.0.1:5001→30500']);
    expect(await mappings({ listenAddress: '0.0.0.0' })).toContain('0.0.0.0:8443→443');
  });

  it('has the ports that were asked for besides', async () => {
    const extraPorts = [
      { hostPort: 22, containerPort: 32_222 },
      { hostPort: 5001, containerPort: 30_500 },
    ];
    expect(await mappings({ extraPorts })).toEqual([
      '127.0.0.1:8443→443',
      '127.0.0.1:5001→30500',
      '127.0.0.1:22→32222',
    ]);
  });

  it('lets one port serve for both (S1-03)', async () => {
    expect(await mappings({ port: 3000, localPort: 3000, nodePort: 30_080, namedNodePort: 30_080 })).toEqual([
      '127.0.0.1:3000→30080',
    ]);
  });

  it('refuses a port that would lead to two places', async () => {
    await expect(render({ extraPorts: [{ hostPort: 8443, containerPort: 80 }] })).rejects.toMatchObject({
      kind: 'usage',
      code: 'CONFIG_INVALID',
      message: 'Port 8443 of this machine would lead to the ports 443 and 80 of the node.',
    });
  });

  it('mounts a folder of this machine, whatever its name', async () => {
    const dataFolder = '/home/a b/"x": {y} # z';
    expect((await render({ dataFolder })).nodes?.[0]?.extraMounts).toEqual([
      { hostPath: dataFolder, containerPath: '/var/lib/devreg/data' },
    ]);
    expect((await render()).nodes?.[0]).not.toHaveProperty('extraMounts');
  });

  it('sets config_path for both generations of containerd, and never mirrors', async () => {
    const { containerdConfigPatches } = await render();
    expect(containerdConfigPatches).toEqual([
      'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n',
      'version = 3\n[plugins."io.containerd.cri.v1.images".registry]\n  config_path = "/etc/containerd/certs.d"\n',
    ]);
  });

  it('publishes every port on further addresses, and the API where another machine comes to it', async () => {
    const apiServer = { address: '10.0.0.2', port: 24_000, host: undefined };
    const view = { moreListenAddresses: ['10.0.0.2'], apiServer };
    expect(await mappings(view)).toEqual(
      expect.arrayContaining(['127.0.0.1:8443→443', '10.0.0.2:8443→443', '10.0.0.2:5001→30500']),
    );
    const config = await render(view);
    expect(config.networking).toMatchObject({ apiServerAddress: '10.0.0.2', apiServerPort: 24_000 });
    expect(config).not.toHaveProperty('kubeadmConfigPatches');
  });

  it('has the engine’s host in the API’s certificate where the API is published everywhere', async () => {
    const config = await render({ apiServer: { address: '0.0.0.0', port: 24_000, host: '10.0.0.2' } });
    expect(config['kubeadmConfigPatches']).toEqual([
      expect.stringContaining('certSANs: ["localhost", "127.0.0.1", "10.0.0.2"]'),
    ]);
  });
});
