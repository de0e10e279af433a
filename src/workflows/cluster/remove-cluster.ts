/** Takes a cluster away, and what was written for it on this machine. */
import type { ClusterProvider } from '../../cluster/cluster-provider.ts';
import type { Folders } from '../../state/folders.ts';
import { registryPaths } from '../../state/paths.ts';
import { removeIfEmpty, removePath } from '../../state/private-files.ts';
import { type ClusterRecord, contextOf } from '../../state/record.ts';
import type { Records } from '../../state/records.ts';
import { removeHostNames } from '../../trust/hosts-file-edit.ts';
import { fullMessageOf, isDevregError } from '../../errors.ts';
import { certificateFolder } from '../data-folder.ts';
import { othersThan, releaseTrust } from '../host-trust.ts';
import { aloneOnMachine } from '../machine-lock.ts';
import type { Progress } from '../progress.ts';
import type { KubeContexts } from './kube-contexts.ts';

/** What removing works with. */
export interface RemovePorts {
  readonly folders: Folders;
  readonly clusters: ClusterProvider;
  readonly records: Records;
  readonly progress: Progress;
  readonly contexts: KubeContexts;
}

/**
 * Removes a cluster and forgets it; its credentials stay.
 * @throws DevregError of provider and files
 */
export async function removeCluster(record: ClusterRecord, ports: RemovePorts): Promise<void> {
  const { name } = record;
  const { folders, clusters, records, progress } = ports;
  await leaveContext(record, ports, () => progress.step('Removing the cluster', () => clusters.remove(name)));
  await releaseTrust(record.trusted, await othersThan(name, records));
  if (record.hostsFile !== undefined) await forgetNames(record.hostsFile, name, ports);
  await removeCertificate(name, folders);
  await records.remove(name);
}

/** kubectl is about what it was about before, unless the user has chosen something else since. */
async function leaveContext(
  { name, formerContext }: ClusterRecord,
  { contexts, progress }: RemovePorts,
  remove: () => Promise<void>,
): Promise<void> {
  const isCurrent = (await tellTrouble(progress, () => contexts.current())) === contextOf(name);
  await remove();
  if (isCurrent && formerContext !== undefined)
    await tellTrouble(progress, () => contexts.restore(formerContext, undefined));
}

/** What cannot be read or put back in the user's own file is said, and the rest goes on. */
async function tellTrouble<T>(progress: Progress, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn(fullMessageOf(error));
    return undefined;
  }
}

/** Removes the certificate of a cluster; fine when there is none. */
export async function removeCertificate(name: string, folders: Folders): Promise<void> {
  const { data } = registryPaths(folders, name);
  await removePath(certificateFolder(data));
  await removeIfEmpty(data);
}

/** Names that lead nowhere do no harm: what cannot be taken back is said, and the rest goes on. */
async function forgetNames(file: string, name: string, { folders, progress }: RemovePorts): Promise<void> {
  await tellTrouble(progress, () => aloneOnMachine(folders, () => removeHostNames(file, name)));
}
