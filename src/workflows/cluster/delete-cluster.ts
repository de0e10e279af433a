/** The recipe of `devreg delete` for a cluster: takes back what `create` made; data of this machine go only when asked for. */
import { readdir } from 'node:fs/promises';
import type { ContainerEngine } from '../../engine/engine.ts';
import { systemCodeOf } from '../../errors.ts';
import { DATA_MOUNT } from '../../rendering/kind-config.ts';
import { dataNames } from '../../registry/data-folder.ts';
import type { CredentialStore } from '../../state/credentials.ts';
import { removeIfEmpty } from '../../state/private-files.ts';
import type { DeletePorts, DeleteRequest, DeletedRegistry } from '../delete.ts';
import { lockRegistry } from '../registry-lock.ts';
import { type RemovePorts, removeCluster } from './remove-cluster.ts';

/** What the recipe works with. */
export interface DeleteClusterPorts extends RemovePorts, Pick<DeletePorts, 'dropLogins'> {
  readonly credentials: CredentialStore;
  readonly engine: ContainerEngine;
  readonly signal: AbortSignal;
}

/**
 * Deletes a cluster, whether or not it is still there.
 * @throws DevregError of provider, engine and files; the signal's reason when it aborts, and then the same command can
 *   finish later
 */
export async function deleteCluster(
  { name, volumes }: DeleteRequest,
  ports: DeleteClusterPorts,
): Promise<DeletedRegistry> {
  const { records, credentials, progress } = ports;
  using _lock = await lockRegistry(name, ports);
  const record = await records.find(name);
  const isCluster = record?.provider === 'kind';
  const dataDir = isCluster ? record.settings.dataDir : undefined;
  let isEmptied = false;
  if (isCluster) {
    isEmptied = volumes && dataDir !== undefined && (await emptyDataFolder(name, ports));
    await removeCluster(record, ports);
    await ports.dropLogins?.(record);
  }
  if (volumes) await credentials.remove(name);
  const hasData = dataDir !== undefined && !isEmptied && (await hasContent(dataDir));
  if (volumes && hasData) progress.warn(`No node is left that could remove the images in ${dataDir}, so they stay.`);
  if (isEmptied && dataDir !== undefined) await removeIfEmpty(dataDir);
  return {
    name,
    existed: isCluster,
    keptData: hasData ? dataDir : undefined,
    removedData: isEmptied ? dataDir : undefined,
  };
}

/**
 * The files belong to the registry's own user; on its node they can be removed by whoever may use the engine. What else
 * is in the folder stays.
 * @returns whether there was a node to do it
 */
async function emptyDataFolder(
  name: string,
  { clusters, engine, progress, signal }: DeleteClusterPorts,
): Promise<boolean> {
  const node = (await clusters.listNodes(name)).find(({ role, isRunning }) => role === 'control-plane' && isRunning);
  if (node === undefined) return false;
  const names = dataNames().flatMap((pattern, index) => [...(index === 0 ? [] : ['-o']), '-name', pattern]);
  const command = [
    'find',
    DATA_MOUNT,
    '-mindepth',
    '1',
    '-maxdepth',
    '1',
    '(',
    ...names,
    ')',
    '-exec',
    'rm',
    '-rf',
    '{}',
    '+',
  ];
  await progress.step('Removing images', () => engine.exec({ container: node.name, command, signal }));
  return true;
}

/** What cannot be looked into is the registry's. */
async function hasContent(folder: string): Promise<boolean> {
  return readdir(folder).then(
    (names) => names.length > 0,
    (error: unknown) => systemCodeOf(error) !== 'ENOENT',
  );
}
