/** Opens what devreg remembers, for the recipes to work with. */
import { type CredentialStore, openCredentials } from '../state/credentials.ts';
import { type FolderSurroundings, type Folders, resolveFolders } from '../state/folders.ts';
import { authorityFolder, standaloneDataFolder } from '../state/paths.ts';
import { type Records, openRecords } from '../state/records.ts';

/** What devreg remembers. */
export interface State {
  readonly folders: Folders;
  readonly records: Records;
  readonly credentials: CredentialStore;
}

/** Opens the state of a user; nothing is made before something is saved. */
export function openState(surroundings: FolderSurroundings): State {
  const folders = resolveFolders(surroundings);
  return { folders, records: openRecords(folders), credentials: openCredentials(folders) };
}

/** The folders of a registry that is served without a record: its data by default, and the user's authority. */
export function standaloneFolders(surroundings: FolderSurroundings): {
  readonly dataDir: string;
  readonly authority: string;
} {
  const folders = resolveFolders(surroundings);
  return { dataDir: standaloneDataFolder(folders), authority: authorityFolder(folders) };
}
