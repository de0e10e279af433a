/** Every name that a cluster's registry has, on this machine, on its nodes and in its pods. Pure. */
import { isIP } from 'node:net';
import { DEFAULT_SCOPE, permits } from '../../certs/ca-scope.ts';
import { parseSubjectName } from '../../certs/subject-name.ts';
import type { ClusterSettings } from '../../state/record.ts';

/** The port that the registry's Service always has. */
export const SERVICE_PORT = 5000;

/** The registry's Service, as pods find it. */
export function serviceOf({ serviceName, namespace }: Pick<ClusterSettings, 'serviceName' | 'namespace'>): string {
  return `${serviceName}.${namespace}.svc.cluster.local`;
}

/** The ingress's Service, as pods find it. */
export function ingressServiceOf({ namespace }: Pick<ClusterSettings, 'namespace'>): string {
  return `traefik.${namespace}.svc.cluster.local`;
}

type Named = Pick<ClusterSettings, 'host' | 'port' | 'registryPort' | 'aliases' | 'pathRouting' | 'tls'>;
type InCluster = Named & Pick<ClusterSettings, 'serviceName' | 'namespace'>;

/** The host for images named by a path, and the path: `gitea.cnoe.localtest.me` is also `cnoe.localtest.me` and `gitea` (S0-25). */
export interface PathName {
  readonly host: string;
  readonly path: string;
}

/** @returns undefined unless paths are asked for and the host has a parent to put them below */
export function pathNameOf({ host, pathRouting }: Pick<Named, 'host' | 'pathRouting'>): PathName | undefined {
  const [path = '', ...parent] = host.split('.');
  return pathRouting && parent.length > 1 ? { host: parent.join('.'), path } : undefined;
}

/** The hosts, without port, that mean the registry; the first one is its own. */
export function registryHosts(settings: Named): string[] {
  const { host, aliases } = settings;
  const pathHost = pathNameOf(settings)?.host;
  return [...new Set([host, ...aliases, ...(pathHost === undefined ? [] : [pathHost])])];
}

/** The registry as images name it on this machine. */
export function hostNames(settings: Named): string[] {
  const byHost = registryHosts(settings).flatMap((host) => withPort(host, settings));
  return [...new Set([...byHost, `localhost:${settings.registryPort}`])];
}

/** The registry as images name it on nodes. */
export function nodeNames(settings: InCluster): string[] {
  return [...hostNames(settings), `${serviceOf(settings)}:${SERVICE_PORT}`];
}

/** Routes for the registry, as it reads them: images named by a path are those without it. */
export function pathRoutes(settings: Named): string[] {
  const name = pathNameOf(settings);
  return name === undefined ? [] : withPort(name.host, settings).map((host) => `${host}/${name.path}=`);
}

/** A port that the protocol implies may be left out, and clients do. */
function withPort(host: string, { port, tls }: Named): string[] {
  return [`${host}:${port}`, ...(port === (tls === 'off' ? 80 : 443) ? [host] : [])];
}

/** Where the registry is come to without a name, as far as the authority may vouch for that. */
function addressOf({ listen = '' }: Pick<ClusterSettings, 'listen'>): string[] {
  const isAddress = isIP(listen) !== 0 && listen !== '0.0.0.0';
  return isAddress && permits(DEFAULT_SCOPE, parseSubjectName(listen)) ? [listen] : [];
}

/** The names in the certificates of registry and ingress, besides the host's own and those of this machine. */
export function certificateExtras(
  settings: InCluster & Pick<ClusterSettings, 'ingressHost' | 'listen'>,
  clusterIP: string,
): string[] {
  const { serviceName, namespace, ingressHost } = settings;
  const short = `${serviceName}.${namespace}`;
  const proxied = ingressHost === undefined ? [] : [ingressHost];
  const names = [...registryHosts(settings), ...proxied, clusterIP, short, `${short}.svc`, serviceOf(settings)];
  return [...names, ...addressOf(settings)];
}
