/** Every name that a cluster's registry has, on this machine, on its nodes and in its pods. Pure. */
import type { ClusterSettings } from '../../state/record.ts';

/** The registry's Service. */
export const SERVICE = 'registry.devreg.svc.cluster.local';
export const SERVICE_PORT = 5000;

/** The ingress's Service. */
export const INGRESS_SERVICE = 'traefik.devreg.svc.cluster.local';

type Named = Pick<ClusterSettings, 'host' | 'port' | 'registryPort' | 'aliases' | 'pathRouting' | 'tls'>;

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

/** The registry as images name it on nodes. */
export function nodeNames(settings: Named): string[] {
  const byHost = registryHosts(settings).flatMap((host) => withPort(host, settings));
  return [...byHost, `localhost:${settings.registryPort}`, `${SERVICE}:${SERVICE_PORT}`];
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

/** The names in the certificates of registry and ingress, besides the host's own and those of this machine. */
export function certificateExtras(settings: Named, clusterIP: string): string[] {
  return [...registryHosts(settings), clusterIP, 'registry.devreg', 'registry.devreg.svc', SERVICE];
}
