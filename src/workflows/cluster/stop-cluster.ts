/** The recipe of `devreg stop` for a cluster: its nodes are switched off, and everything stays for `devreg start`. */
import type { ClusterProvider, FoundNode } from '../../cluster/cluster-provider.ts';
import { drainRegistry } from '../../cluster/node-drain.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import { isDevregError } from '../../errors.ts';
import type { Folders } from '../../state/folders.ts';
import type { ClusterRecord } from '../../state/record.ts';
import type { Records } from '../../state/records.ts';
import { noSuchRegistry } from '../chosen-registry.ts';
import { providerFixed } from '../conflicts.ts';
import type { Progress } from '../progress.ts';
import { lockRegistry } from '../registry-lock.ts';

/** What the recipe works with. */
export interface StopClusterPorts {
  readonly folders: Folders;
  readonly records: Records;
  readonly clusters: ClusterProvider;
  readonly engine: ContainerEngine;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A cluster that does not run. */
export interface StoppedCluster {
  readonly record: ClusterRecord;
  /** `kept`: it did not run. */
  readonly outcome: 'stopped' | 'kept';
}

/**
 * Stops a cluster, whether or not it runs. Its registry ends first, with its requests and files in order.
 * @throws DevregError REGISTRY_NOT_FOUND, those of the engine; the signal's reason when it aborts
 */
export async function stopCluster(name: string, ports: StopClusterPorts): Promise<StoppedCluster> {
  const { records, clusters, progress, signal } = ports;
  using _lock = await lockRegistry(name, ports);
  const record = await records.find(name);
  if (record === undefined) throw noSuchRegistry(name, await records.list());
  if (record.provider === 'process') throw providerFixed(record);
  const running = (await clusters.listNodes(name)).filter(({ isRunning }) => isRunning);
  if (running.length === 0) return { record, outcome: 'kept' };
  await progress.step('Ending the registry', () => drain(running, ports));
  signal.throwIfAborted();
  await progress.step('Stopping the nodes', () => clusters.stop(name));
  return { record, outcome: 'stopped' };
}

/** A registry that cannot be ended like that ends with its node; what it has said yes to is on the disk. */
async function drain(nodes: readonly FoundNode[], { engine, progress, signal }: StopClusterPorts): Promise<void> {
  const node = nodes.find(({ role }) => role === 'control-plane');
  if (node === undefined) return;
  try {
    if (await drainRegistry(engine, node.name, signal)) return;
    progress.warn('The registry did not end by itself; it ends with its node.');
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn(`The registry could not be asked to end (${error.message}); it ends with its node.`);
  }
}
