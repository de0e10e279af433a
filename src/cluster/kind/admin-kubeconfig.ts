/** Makes of the kubeconfig inside a control-plane node one that is good on this machine. Pure. */
import type { Container } from '../../engine/engine.ts';

/** Where the API server listens in its node, or the balancer before it. */
const API_PORT = 6443;

/**
 * The address of a cluster's API on this machine.
 * @param containers all of the cluster's; a balancer comes before the control planes
 * @returns undefined when no port leads there
 */
export function findApiServer(
  containers: readonly Container[],
  isBalancer: (container: Container) => boolean,
): string | undefined {
  const inOrder = [...containers.filter(isBalancer), ...containers.filter((container) => !isBalancer(container))];
  const port = inOrder.flatMap(({ ports }) => ports).find(({ containerPort }) => containerPort === API_PORT);
  if (port === undefined) return undefined;
  return `https://${port.host.includes(':') ? `[${port.host}]` : port.host}:${port.hostPort}`;
}

/**
 * Rewrites `/etc/kubernetes/admin.conf`, as kubeadm writes it, the way `kind get kubeconfig` does.
 * @returns JSON, which is YAML too, with one context called `kind-NAME`
 */
export function toKubeconfig(adminConf: string, cluster: string, server: string): string {
  const name = `kind-${cluster}`;
  const pick = (key: string): string => {
    const [, value] = new RegExp(`^\\s*${key}: (\\S+)$`, 'm').exec(adminConf) ?? [];
    if (value === undefined) throw new Error(`The control plane's admin.conf has no ${key}.`);
    return value;
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': pick('certificate-authority-data') } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': pick('client-certificate-data'),
          'client-key-data': pick('client-key-data'),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return JSON.stringify(config, undefined, 2);
}
