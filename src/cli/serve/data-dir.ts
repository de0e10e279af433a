/** The data folder that a command for its owner works on. */
import type { OptionReader } from '../../config/option-reader.ts';
import { resolvePath } from '../../config/user-path.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { isPresent } from '../../optional-files.ts';
import type { AnyRecord } from '../../state/record.ts';
import { chooseRecord } from '../../workflows/chosen-registry.ts';
import { openState, standaloneFolders } from '../../workflows/open-state.ts';
import type { Surroundings } from '../surroundings.ts';

/**
 * @returns the folder of `--data-dir`, of the registry of `--name`, of `registry serve` where there is one, or of the
 *   only registry there is; absolute
 * @throws DevregError OPTIONS_CLASH, NAME_REFUSED, REGISTRY_NOT_FOUND, DATA_IN_CLUSTER
 */
export async function readDataDir(options: OptionReader, { env, machine }: Surroundings): Promise<string> {
  const dataDir = options.read('dataDir', 'a folder', parseText);
  const name = options.read('name', 'a name', parseText);
  if (dataDir !== undefined) {
    if (options.sourceOf('name')?.startsWith('--') === true)
      throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --data-dir or --name.');
    return resolvePath(dataDir, machine);
  }
  const standalone = standaloneFolders({ ...machine, env }).dataDir;
  if (name === undefined && (await isPresent(standalone))) return standalone;
  const all = await openState({ ...machine, env }).records.list();
  if (name === undefined && all.length === 0) return standalone;
  return folderOf(chooseRecord(name, all));
}

function folderOf({ name, settings }: AnyRecord): string {
  if (settings.dataDir !== undefined) return settings.dataDir;
  throw new DevregError('conflict', 'DATA_IN_CLUSTER', `The images of ${name} are within its cluster.`, {
    hint: 'Copy them with devreg images sync, or make the cluster with --data-dir FOLDER, which keeps them here.',
  });
}
