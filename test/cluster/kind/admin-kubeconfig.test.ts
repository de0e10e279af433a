/** The kubeconfig of a node, made good on this machine. */
import { describe, expect, it } from 'vitest';
import { findApiServer, toKubeconfig } from '../../../src/cluster/kind/admin-kubeconfig.ts';
import type { Container } from '../../../src/engine/engine.ts';

const ADMIN_CONF = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://dev-control-plane:6443
  name: dev
contexts:
- context:
    cluster: dev
    user: kubernetes-admin
  name: kubernetes-admin@dev
current-context: kubernetes-admin@dev
kind: Config
users:
- name: kubernetes-admin
  user:
    client-certificate-data: Q0VSVA==
    client-key-data: S0VZ
`;

function container(name: string, host: string, hostPort: number): Container {
  const other = { host: '127.0.0.1', hostPort: 8443, containerPort: 443 };
  return { name, isRunning: true, labels: {}, ports: [other, { host, hostPort, containerPort: 6443 }] };
}

const isBalancer = ({ name }: Container) => name === 'dev-external-load-balancer';

describe('toKubeconfig', () => {
  it('has one context, as kind names it', () => {
    expect(JSON.parse(toKubeconfig(ADMIN_CONF, 'dev', 'https://127.0.0.1:4711'))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'kind-dev', cluster: { server: 'https://127.0.0.1:4711', 'certificate-authority-data': 'Q0E=' } },
      ],
      users: [{ name: 'kind-dev', user: { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' } }],
      contexts: [{ name: 'kind-dev', context: { cluster: 'kind-dev', user: 'kind-dev' } }],
      'current-context': 'kind-dev',
    });
  });

  it('says what is missing', () => {
    expect(() => toKubeconfig('kind: Config', 'dev', 'https://a')).toThrow('has no certificate-authority-data');
  });
});

describe('findApiServer', () => {
  it('is behind the port of the control plane, or of the balancer before several', () => {
    const plane = container('dev-control-plane', '127.0.0.1', 1);
    expect(findApiServer([plane], isBalancer)).toBe('https://127.0.0.1:1');
    expect(findApiServer([plane, container('dev-external-load-balancer', '::1', 2)], isBalancer)).toBe(
      'https://[::1]:2',
    );
    expect(findApiServer([], isBalancer)).toBeUndefined();
  });
});
