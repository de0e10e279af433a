/** Takes a cluster away, and what was written for it on this machine. */
import type { ClusterProvider } from '../../cluster/cluster-provider.ts';
import type { Folders } from '../../state/folders.ts';
import { registryPaths } from '../../state/paths.ts';
import { removeIfEmpty, removePath } from '../../state/private-files.ts';
import type { ClusterRecord } from '../../state/record.ts';
import type { Records } from '../../state/records.ts';
import { removeHostNames } from '../../trust/hosts-file-edit.ts';
import { isDevregError } from '../../errors.ts';
import { certificateFolder } from '../data-folder.ts';
import { othersThan, releaseTrust } from '../host-trust.ts';
import type { Progress } from '../progress.ts';

/** What removing works with. */
export interface RemovePorts {
  readonly folders: Folders;
  readonly clusters: ClusterProvider;
  readonly records: Records;
  readonly progress: Progress;
}

/**
 * Removes a cluster and forgets it; its credentials stay.
 * @throws DevregError of provider and files
 */
export async function removeCluster(record: ClusterRecord, ports: RemovePorts): Promise<void> {
  const { name } = record;
  const { folders, clusters, records, progress } = ports;
  await progress.step('Removing the cluster', () => clusters.remove(name));
  await releaseTrust(record.trusted, await othersThan(name, records));
  if (record.hostsFile !== undefined) await forgetNames(record.hostsFile, name, progress);
  await removeCertificate(name, folders);
  await records.remove(name);
}

/** Removes the certificate of a cluster; fine when there is none. */
export async function removeCertificate(name: string, folders: Folders): Promise<void> {
  const { data } = registryPaths(folders, name);
  await removePath(certificateFolder(data));
  await removeIfEmpty(data);
}

/** Names that lead nowhere do no harm: what cannot be taken back is said, and the rest goes on. */
async function forgetNames(file: string, name: string, progress: Progress): Promise<void> {
  try {
    await removeHostNames(file, name);
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn(`${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`);
  }
}
