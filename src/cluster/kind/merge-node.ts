/** Adds devreg's ports and folders to a node of the user's, or says whose of them are in the way. Pure. */
import type { KindConfig, KindMount, KindNode, KindPortMapping } from '../../config/kind-config.ts';
import { DevregError } from '../../errors.ts';

/**
 * @param mappings the node's own; one that leads where devreg's would serves for it
 * @param others the other nodes
 * @param config for the port of the API server
 * @throws DevregError KIND_CONFIG_CONFLICT when a port of this machine is taken twice
 */
export function mergePorts(
  mappings: readonly KindPortMapping[],
  others: readonly KindNode[],
  config: KindConfig,
  added: readonly KindPortMapping[],
): readonly KindPortMapping[] {
  const elsewhere = others.flatMap(({ extraPortMappings }) => extraPortMappings ?? []);
  const missing = added.filter((mapping) => {
    if (config.networking?.apiServerPort === mapping.hostPort) throw portConflict(mapping, 'the API server');
    const rival = [...mappings, ...elsewhere].find((other) => isSamePort(mapping, other));
    if (rival === undefined) return true;
    if (mappings.includes(rival) && rival.containerPort === mapping.containerPort) return false;
    throw portConflict(mapping, `port ${rival.containerPort} of a node`);
  });
  return [...mappings, ...missing];
}

/** @throws DevregError KIND_CONFIG_CONFLICT when another folder is in the place of devreg's */
export function mergeMounts(mounts: readonly KindMount[], added: readonly KindMount[]): readonly KindMount[] {
  const missing = added.filter((mount) => {
    const rival = mounts.find(({ containerPath }) => trimSlash(containerPath) === trimSlash(mount.containerPath));
    if (rival === undefined) return true;
    if (rival.hostPath === mount.hostPath) return false;
    const what = `mounts ${rival.hostPath} at ${rival.containerPath}, where ${mount.hostPath} shall be`;
    throw conflict(what, 'Leave that mount out, or --data-dir.');
  });
  return [...mounts, ...missing];
}

/** Whether two mappings want the same port of this machine. */
function isSamePort(left: KindPortMapping, right: KindPortMapping): boolean {
  if (left.hostPort !== right.hostPort || protocolOf(left) !== protocolOf(right)) return false;
  const addresses = [left.listenAddress, right.listenAddress];
  return addresses.some(isEverywhere) || left.listenAddress === right.listenAddress;
}

function protocolOf({ protocol = '' }: KindPortMapping): string {
  return protocol.toUpperCase() || 'TCP';
}

function isEverywhere(address: string | undefined): boolean {
  return address === undefined || address === '' || address === '0.0.0.0' || address === '::';
}

function trimSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

function portConflict({ hostPort, containerPort }: KindPortMapping, rival: string): DevregError {
  const what = `leads port ${hostPort} of this machine to ${rival}, and devreg needs it for port ${containerPort} of the control plane`;
  return conflict(what, 'Change the mapping, or choose other ports with --port and --registry-port.');
}

function conflict(what: string, hint: string): DevregError {
  return new DevregError('conflict', 'KIND_CONFIG_CONFLICT', `The kind configuration ${what}.`, { hint });
}
