/** How a cluster's nodes and pods find its registry by the names it has. Pure. */
import type { NodeTrust } from '../../cluster/node-trust.ts';
import type { DnsRules } from '../../kube/corefile.ts';
import type { ClusterSettings } from '../../state/record.ts';
import { APPS_DOMAIN } from './cluster-views.ts';
import { SERVICE_PORT, ingressServiceOf, nodeNames, registryHosts, serviceOf } from './registry-names.ts';

/**
 * What every node is told.
 * @param clusterIP the fixed address of the registry's Service
 * @param authority the certificate to believe, PEM; undefined without TLS
 */
export function nodeTrustOf(settings: ClusterSettings, clusterIP: string, authority: string | undefined): NodeTrust {
  const host = clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP;
  return {
    registries: nodeNames(settings).map((name) => ({ name })),
    server: `${authority === undefined ? 'http' : 'https'}://${host}:${SERVICE_PORT}`,
    ca: authority,
  };
}

/** In the cluster the registry's names lead to it directly, all others of the domain to the ingress. */
export function dnsRulesOf(settings: ClusterSettings): DnsRules {
  // In a pod this means the pod.
  const hosts = registryHosts(settings).filter((name) => name !== 'localhost');
  return {
    exact: hosts.map((name) => ({ name, target: serviceOf(settings) })),
    below: settings.ingress === 'none' ? [] : [{ domain: APPS_DOMAIN, target: ingressServiceOf(settings) }],
  };
}
