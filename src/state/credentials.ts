/** The administrator's password and token: drawn once, kept until the data go too. */
import { isPresent, readIfPresent } from '../optional-files.ts';
import type { Folders } from './folders.ts';
import { isName } from './name.ts';
import { registriesFolder, registryPaths } from './paths.ts';
import { listFolder, removeIfEmpty, removePath, writePrivateFile } from './private-files.ts';

/** What the administrator logs in with; either will do. */
export interface Credentials {
  readonly password: string;
  readonly token: string;
}

/** Keeps the credentials of registries; every method may throw a DevregError when the file system refuses. */
export interface CredentialStore {
  find(name: string): Promise<Credentials | undefined>;
  /** Whose are kept, by name; registries that were deleted without their data included. */
  list(): Promise<string[]>;
  save(name: string, credentials: Credentials): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Opens the credentials below the folders: a file for each half, as the registry's process reads them. */
export function openCredentials(folders: Folders): CredentialStore {
  return {
    async find(name) {
      const files = registryPaths(folders, name);
      const [password, token] = await Promise.all([readIfPresent(files.password), readIfPresent(files.token)]);
      return password && token ? { password: password.trimEnd(), token: token.trimEnd() } : undefined;
    },
    async list() {
      const names = (await listFolder(registriesFolder(folders))).filter(isName);
      const kept = await Promise.all(names.map((name) => isPresent(registryPaths(folders, name).password)));
      return names.filter((_name, index) => kept[index]);
    },
    async save(name, { password, token }) {
      const files = registryPaths(folders, name);
      await writePrivateFile(files.password, `${password}\n`);
      await writePrivateFile(files.token, `${token}\n`);
    },
    async remove(name) {
      const { folder, password, token } = registryPaths(folders, name);
      await removePath(password);
      await removePath(token);
      await removeIfEmpty(folder);
    },
  };
}
