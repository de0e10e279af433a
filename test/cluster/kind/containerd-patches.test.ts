/** Patches of containerd's configuration that would break it, or devreg. */
import { describe, expect, it } from 'vitest';
import { checkContainerdPatches } from '../../../src/cluster/kind/containerd-patches.ts';

const HEAD = { kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4' } as const;

function check(patch: string): void {
  checkContainerdPatches({ ...HEAD, containerdConfigPatches: [patch] });
}

const REFUSED = {
  'a table of a mirror':
    '[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\n  endpoint = ["http://a"]',
  'single quotes': "[plugins.'io.containerd.cri.v1.images'.'registry'.'mirrors'.'docker.io']",
  'blanks and a comment': '[ plugins . "io.containerd.grpc.v1.cri" . registry . mirrors ] # old',
  'a key in the table': '[plugins."io.containerd.grpc.v1.cri".registry]\nmirrors = { "docker.io" = { endpoint = [] } }',
  'a dotted key': '[plugins."io.containerd.grpc.v1.cri"]\nregistry.mirrors."docker.io".endpoint = ["http://a"]',
  'TLS of a registry':
    '[plugins."io.containerd.grpc.v1.cri".registry.configs."a:5000".tls]\ninsecure_skip_verify = true',
};

describe('checkContainerdPatches', () => {
  it.each(Object.entries(REFUSED))('refuses mirrors by %s', (_how, patch) => {
    expect(() => check(patch)).toThrow(expect.objectContaining({ kind: 'conflict', code: 'KIND_CONFIG_CONFLICT' }));
    expect(() => check(patch)).toThrow('containerd 2.2 refuses beside config_path');
  });

  it('refuses them in a JSON patch', () => {
    const patch = '[{"op":"add","path":"/plugins/io.containerd.grpc.v1.cri/registry/mirrors","value":{}}]';
    expect(() => checkContainerdPatches({ ...HEAD, containerdConfigPatchesJSON6902: [patch] })).toThrow('A JSON patch');
  });

  it('refuses another place for hosts.toml', () => {
    expect(() => check('[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc/mine"')).toThrow(
      '/etc/mine',
    );
    expect(() =>
      check('[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/a:/etc/containerd/certs.d"'),
    ).toThrow('config_path');
  });

  it.each([
    '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"',
    '[plugins."io.containerd.grpc.v1.cri".registry.configs."a:5000".auth]\nusername = "a"',
    '# [plugins."io.containerd.grpc.v1.cri".registry.mirrors]\n[debug]\nlevel = "debug"',
    '[plugins."com.example.mirrors"]\nmirrors = 1',
  ])('has nothing against %j', (patch) => {
    expect(() => check(patch)).not.toThrow();
  });
});
