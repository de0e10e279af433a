/** Lets clients ask devreg for credentials, registry by registry; helpers for everything else stay as they are. */
import type { ClientFile, LoginClient } from './client-files.ts';
import { OWN_HELPER } from './client-logins.ts';
import { type EntryChange, setEntries } from './login-file.ts';

/** The program that clients start. */
export const HELPER_PROGRAM = `docker-credential-${OWN_HELPER}`;

/**
 * Writes into a client's file that devreg has the credentials, and takes out the ones that are kept there.
 * @throws DevregError CLIENT_FILE_DAMAGED, or when the file system refuses
 */
export async function registerHelper(
  files: Readonly<Record<LoginClient, ClientFile>>,
  clients: readonly LoginClient[],
  registries: readonly string[],
): Promise<void> {
  for (const client of clients) {
    const { path, section, hasHelpers } = files[client];
    const changes = registries.flatMap((registry): EntryChange[] => [
      { at: [section, registry], value: undefined },
      ...(hasHelpers ? [{ at: ['credHelpers', registry] as const, value: OWN_HELPER }] : []),
    ]);
    await setEntries(path, changes);
  }
}
