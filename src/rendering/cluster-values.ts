/** From a view to the values that stand in the templates. Pure. */
import { createHash } from 'node:crypto';
import type { ClusterView, RegistryView } from './cluster-view.ts';

/** Where the registry listens in its pod, and on which port its Service always has it. */
const REGISTRY_PORT = 5000;

/** The storage class of other local clusters, which kind does not have by this name (S1-16). */
const MADE_CLASS = 'local-path';

/** What tools show to people who ask for help with the registry, KEP-1755. */
const HELP = 'https://kind.sigs.k8s.io/docs/user/local-registry/';

/** @returns a value for every name that the registry's templates use */
export function registryValues({ registry, ingress, tls, namespace }: ClusterView): object {
  const { storage, routes, trustedProxies, host, aliases, ingressHost, mayPull = false } = registry;
  const { serviceName, appName } = registry;
  return {
    namespace,
    serviceName,
    appName,
    registry,
    ingress,
    tls,
    folder: storage.kind === 'folder' ? storage : undefined,
    class: storage.kind === 'class' ? { ...storage, isMade: storage.className === MADE_CLASS } : undefined,
    hosts: [...new Set([...(ingressHost === undefined ? [] : [ingressHost]), host, ...aliases])],
    servicePorts: servicePorts(registry),
    nodePorts: nodePorts(registry),
    nodePortName: `${serviceName}-nodeport`,
    pullPolicy: mayPull ? 'IfNotPresent' : 'Never',
    routes: routes.join(','),
    trustedProxies: trustedProxies.join(','),
    checksum: checksumOf(registry),
    localRegistryHosting: localRegistryHosting(registry, namespace),
  };
}

/** @returns a value for every name that the ingress's templates use */
export function ingressValues({ registry, ingress, tls, namespace }: ClusterView): object {
  return {
    namespace,
    ingress,
    tls,
    gatewayApi: ingress?.gatewayApi ?? false,
    entryPoints: [
      { name: 'web', port: 8000, tls: false },
      ...(tls === undefined ? [] : [{ name: 'websecure', port: 8443, tls: true }]),
    ],
    ingressPorts: ingressPorts(registry, tls !== undefined),
    trustedProxies: registry.trustedProxies.join(','),
  };
}

/** Of a Service that leads to the nodes' ports itself, the port of this machine has the number asked for; Kubernetes gives others theirs. */
function servicePorts({ port, localPort, serviceType, nodePort }: RegistryView) {
  const ports = distinct([
    { name: 'registry', port: REGISTRY_PORT },
    { name: 'external', port },
    { name: 'local', port: localPort },
  ]);
  const isOnNodes = (one: { readonly port: number }) => serviceType === 'NodePort' && one.port === localPort;
  return ports.map((one) => ({ ...one, nodePort: isOnNodes(one) ? nodePort : undefined }));
}

/** Each port of a Service has a number of its own; which one does not matter here. */
function nodePorts({ nodePort, namedNodePort, serviceType }: RegistryView) {
  if (serviceType === 'NodePort') return undefined;
  return [
    { name: 'local', port: REGISTRY_PORT, nodePort },
    ...(namedNodePort === undefined ? [] : [{ name: 'external', port: REGISTRY_PORT + 1, nodePort: namedNodePort }]),
  ];
}

function ingressPorts({ port }: RegistryView, isSecure: boolean) {
  return distinct([
    { name: 'external', port, targetPort: isSecure ? 'websecure' : 'web' },
    { name: 'web', port: 80, targetPort: 'web' },
    ...(isSecure ? [{ name: 'websecure', port: 443, targetPort: 'websecure' }] : []),
  ]);
}

/** The first of those with the same number. */
function distinct<T extends { readonly port: number }>(ports: readonly T[]): T[] {
  return ports.filter(({ port }, index) => ports.findIndex((other) => other.port === port) === index);
}

/** Changes when the registry must start again. The random token in it keeps the password from being guessed by it. */
function checksumOf({ user, password, token }: RegistryView): string {
  return createHash('sha256')
    .update(JSON.stringify([user, password, token]))
    .digest('hex');
}

/** The fields of version 1, none of which can say that a CA is needed. JSON, which is YAML. */
function localRegistryHosting({ localPort, serviceName }: RegistryView, namespace: string): string {
  const local = `localhost:${localPort}`;
  return `${[
    `host: ${JSON.stringify(local)}`,
    `hostFromContainerRuntime: ${JSON.stringify(local)}`,
    `hostFromClusterNetwork: ${JSON.stringify(`${serviceName}.${namespace}.svc.cluster.local:${REGISTRY_PORT}`)}`,
    `help: ${JSON.stringify(HELP)}`,
  ].join('\n')}\n`;
}
