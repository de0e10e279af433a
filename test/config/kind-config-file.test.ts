/** The user's kind configuration, parsed and told off. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKindConfig } from '../../src/config/kind-config-file.ts';

const HEAD = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';

describe('parseKindConfig', () => {
  it('reads all there is, known or not', () => {
    const text = `${HEAD}name: dev
networking: { serviceSubnet: 10.0.0.0/20, kubeProxyMode: nftables }
featureGates:
  A: true
kubeadmConfigPatches:
  - |
    kind: InitConfiguration
nodes:
  - role: control-plane
    image: a/b@sha256:abc
    labels: { a: b }
    extraPortMappings:
      - { containerPort: 80, hostPort: 8080, listenAddress: 0.0.0.0, protocol: TCP }
    extraMounts:
      - { hostPath: /a, containerPath: /b, readOnly: true }
  - role: worker
`;
    expect(parseKindConfig(text, 'x')).toEqual({
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      name: 'dev',
      networking: { serviceSubnet: '10.0.0.0/20', kubeProxyMode: 'nftables' },
      featureGates: { A: true },
      kubeadmConfigPatches: ['kind: InitConfiguration\n'],
      nodes: [
        {
          role: 'control-plane',
          image: 'a/b@sha256:abc',
          labels: { a: 'b' },
          extraPortMappings: [{ containerPort: 80, hostPort: 8080, listenAddress: '0.0.0.0', protocol: 'TCP' }],
          extraMounts: [{ hostPath: '/a', containerPath: '/b', readOnly: true }],
        },
        { role: 'worker' },
      ],
    });
  });

  it('follows anchors, and takes a field without a value for absent', () => {
    const text = `${HEAD}name:\nnodes:\n  - &first\n    role: control-plane\n  - { <<: *first, role: worker, labels: }\n`;
    expect(parseKindConfig(text, 'x')).toEqual({
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      nodes: [{ role: 'control-plane' }, { role: 'worker' }],
    });
  });

  it.each([
    ['an unclosed bracket', `${HEAD}nodes: [\n  {role: worker}\n`, 'my.yaml:5:1'],
    ['a tab', `${HEAD}nodes:\n\t- role: worker\n`, 'my.yaml:4:1'],
    ['a key twice', `${HEAD}name: a\nname: b\n`, 'my.yaml:4:1'],
    ['a template of another language', `${HEAD}name: {{ .Name }}\n`, 'my.yaml:3:'],
    ['nothing', '', 'my.yaml: there is nothing'],
    ['a comment alone', '# nothing\n', 'my.yaml'],
    ['a list', '- a\n', 'my.yaml:1:1: the configuration must be a mapping'],
    ['no kind', 'apiVersion: kind.x-k8s.io/v1alpha4\n', 'my.yaml:1:1: kind is missing'],
    ['another kind', 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Pod\n', 'my.yaml:2:7: kind must be Cluster, not "Pod"'],
    [
      'an old version',
      'kind: Cluster\napiVersion: kind.sigs.k8s.io/v1alpha3\n',
      'my.yaml:2:13: apiVersion must be kind.x-k8s.io/v1alpha4, not "kind.sigs.k8s.io/v1alpha3"',
    ],
    ['two documents', `${HEAD}---\n${HEAD}`, 'my.yaml:4:1: a second document begins here'],
    ['nodes that are none', `${HEAD}nodes: 3\n`, 'my.yaml:3:8: nodes must be a list'],
    [
      'a role there is not',
      `${HEAD}nodes:\n  - role: master\n`,
      'my.yaml:4:11: nodes[0].role must be control-plane or worker',
    ],
    [
      'a port in words',
      `${HEAD}nodes:\n  - extraPortMappings:\n      - { containerPort: http }\n`,
      'my.yaml:5:26: nodes[0].extraPortMappings[0].containerPort must be a whole number',
    ],
    [
      'a mapping to nowhere',
      `${HEAD}nodes:\n  - extraPortMappings:\n      - hostPort: 80\n`,
      'my.yaml:5:9: containerPort is missing in nodes[0].extraPortMappings[0]',
    ],
    [
      'a patch that is none',
      `${HEAD}containerdConfigPatches:\n  - a: b\n`,
      'my.yaml:4:5: containerdConfigPatches[0] must be a text',
    ],
    ['an unknown anchor', `${HEAD}name: *nobody\n`, 'my.yaml'],
  ])('says where %s is', (_what, text, where) => {
    expect(() => parseKindConfig(text, 'my.yaml')).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'KIND_CONFIG_INVALID',
        message: expect.stringContaining(`The kind configuration is broken at ${where}`),
      }),
    );
  });

  it('does not unfold aliases without end', () => {
    const levels = 'abcdefghij'.split('');
    const bomb = levels.map((name, index) => {
      const before = levels[index - 1];
      return `${name}: &${name} [${Array(10)
        .fill(before === undefined ? 'x' : `*${before}`)
        .join(', ')}]`;
    });
    expect(() => parseKindConfig(`${HEAD}${bomb.join('\n')}\n`, 'x')).toThrow(
      expect.objectContaining({ code: 'KIND_CONFIG_INVALID' }),
    );
  });

  it('either gives a configuration or an error for people, whatever it reads', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => HEAD + text),
        ),
        (text) => {
          try {
            expect(parseKindConfig(text, 'x').kind).toBe('Cluster');
          } catch (error) {
            expect(error).toMatchObject({ code: 'KIND_CONFIG_INVALID' });
          }
        },
      ),
    );
  });
});
