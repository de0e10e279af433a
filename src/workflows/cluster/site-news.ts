/** Tells where a cluster's ports are, when that is not on this machine alone. */
import type { Progress } from '../progress.ts';
import { SITE_HERE, tunnelCommand } from './engine-site.ts';
import type { ClusterPlan } from './plan-cluster.ts';

/** Says it before the cluster is made: a way that only the user can open has to be there for it to become ready. */
export function announceSite(
  { site = SITE_HERE, settings }: Pick<ClusterPlan, 'site' | 'settings'>,
  progress: Progress,
): void {
  const { far, listen, address } = site;
  if (far === undefined) return announceOpenness(listen, progress);
  const { endpoint } = far.engine;
  const { port, registryPort } = settings;
  if (far.tunnel !== undefined) {
    const command = tunnelCommand(far.tunnel, [port, registryPort, far.apiPort]);
    return progress.warn(
      `The container engine is on another machine, ${endpoint}, and the ports are published there for that machine alone. Open the way to them in another terminal, now, and keep it open: ${command}`,
    );
  }
  progress.warn(
    `The container engine is on another machine, ${endpoint}: ports are published there on ${listen.join(' and ')}, and whoever reaches ${address} reaches the registry. With --listen 127.0.0.1 they are for that machine alone.`,
  );
}

function announceOpenness(listen: readonly string[], progress: Progress): void {
  const open = listen.filter((address) => !address.startsWith('127.'));
  if (open.length > 0)
    progress.warn(
      `Ports are published on ${open.join(' and ')}: whoever reaches this machine there reaches the registry.`,
    );
}
