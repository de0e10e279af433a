/** The records of all registries, one file each. */
import { readIfPresent } from '../optional-files.ts';
import type { Folders } from './folders.ts';
import { isName } from './name.ts';
import { registriesFolder, registryPaths } from './paths.ts';
import { listFolder, removeIfEmpty, removePath, writePrivateFile } from './private-files.ts';
import { type AnyRecord, formatRecord, parseRecord } from './record.ts';

/** Reads and writes records; every method may throw a DevregError when the file system refuses. */
export interface Records {
  /** @throws DevregError RECORD_DAMAGED, RECORD_TOO_NEW */
  find(name: string): Promise<AnyRecord | undefined>;
  /** Every record, by name. */
  list(): Promise<AnyRecord[]>;
  save(record: AnyRecord): Promise<void>;
  /** Forgets a registry and its log; credentials stay. */
  remove(name: string): Promise<void>;
}

/** Opens the records below the folders; nothing is made before the first one is saved. */
export function openRecords(folders: Folders): Records {
  const find = async (name: string) => {
    const { record } = registryPaths(folders, name);
    const text = await readIfPresent(record);
    return text === undefined ? undefined : parseRecord(text, record);
  };
  return {
    find,
    async list() {
      const names = (await listFolder(registriesFolder(folders))).filter(isName);
      const records = await Promise.all(names.map(find));
      return records.filter((record) => record !== undefined);
    },
    save: (record) => writePrivateFile(registryPaths(folders, record.name).record, formatRecord(record)),
    async remove(name) {
      const { folder, record, log } = registryPaths(folders, name);
      await removePath(record);
      await removePath(log);
      await removePath(`${log}.old`);
      await removeIfEmpty(folder);
    },
  };
}
