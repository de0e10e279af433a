/** The file of what clients told the credential helper. */
import { readIfPresent } from '../optional-files.ts';
import type { Folders } from './folders.ts';
import { type HelperLogin, parseHelperLogins } from './helper-login.ts';
import { helperLoginsFile } from './paths.ts';
import { removePath, writePrivateFile } from './private-files.ts';

/**
 * Changes what is known of some registries.
 * @param changes undefined: what devreg itself knows counts again
 * @throws DevregError LOGINS_DAMAGED, or when the file system refuses
 */
export async function changeHelperLogins(
  folders: Folders,
  changes: Readonly<Record<string, HelperLogin | null | undefined>>,
): Promise<void> {
  const file = helperLoginsFile(folders);
  const before = parseHelperLogins(await readIfPresent(file), file);
  const after = Object.entries({ ...before, ...changes }).filter(([, login]) => login !== undefined);
  if (after.length > 0) await writePrivateFile(file, `${JSON.stringify(Object.fromEntries(after), undefined, 2)}\n`);
  else if (Object.keys(before).length > 0) await removePath(file);
}
