/** The administrator's password and token: drawn once, kept until the data go too. */
import { randomInt } from 'node:crypto';
import { readIfPresent } from '../optional-files.ts';
import type { Folders } from './folders.ts';
import { registryPaths } from './paths.ts';
import { removeIfEmpty, removePath, writePrivateFile } from './private-files.ts';

/** What the administrator logs in with; either will do. */
export interface Credentials {
  readonly password: string;
  readonly token: string;
}

/** Keeps the credentials of registries; every method may throw a DevregError when the file system refuses. */
export interface CredentialStore {
  find(name: string): Promise<Credentials | undefined>;
  save(name: string, credentials: Credentials): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Nothing that a shell, a URL, or a double-click would take for more than one word. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 190 bits. */
const PASSWORD_LENGTH = 32;

/** Draws a password. */
export function drawPassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Opens the credentials below the folders: a file for each half, as the registry's process reads them. */
export function openCredentials(folders: Folders): CredentialStore {
  return {
    async find(name) {
      const files = registryPaths(folders, name);
      const [password, token] = await Promise.all([readIfPresent(files.password), readIfPresent(files.token)]);
      return password && token ? { password: password.trimEnd(), token: token.trimEnd() } : undefined;
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
