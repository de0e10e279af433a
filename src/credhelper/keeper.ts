/** The credentials of devreg's registries, from what devreg remembers: no cluster and no network is asked. */
import type { Folders } from '../state/folders.ts';
import type { HelperLogin } from '../state/helper-login.ts';
import type { AnyRecord } from '../state/record.ts';
import { loginNames, plainRegistry } from '../workflows/login-names.ts';
import { readOwnLogins, readRecords, readToldLogins } from './known-registries.ts';
import type { HeldLogin, Keeper } from './protocol.ts';

/** Opens the keeper; its methods throw a DevregError when a file is damaged, or what the file system says. */
export function openKeeper(folders: Folders): Keeper {
  const find = (registry: string) => readRecords(folders).find((record) => loginNames(record).includes(registry));
  const get = (registry: string, record: AnyRecord): HeldLogin | undefined => {
    const told = readToldLogins(folders)[registry];
    return told === undefined ? readOwnLogins(folders, record)[0] : (told ?? undefined);
  };
  return {
    get(server) {
      const registry = plainRegistry(server);
      const record = find(registry);
      return record === undefined ? undefined : get(registry, record);
    },
    async store(server, login) {
      const registry = plainRegistry(server);
      const record = find(registry);
      if (record === undefined) return `${registry} is not a registry of devreg`;
      const isKnown = readOwnLogins(folders, record).some((own) => isSame(own, login));
      await change(folders, registry, isKnown ? undefined : login);
      return undefined;
    },
    async erase(server) {
      const registry = plainRegistry(server);
      if (find(registry) !== undefined) await change(folders, registry, null);
    },
    list() {
      const pairs = readRecords(folders).flatMap((record) =>
        loginNames(record).map((registry) => [registry, get(registry, record)?.user] as const),
      );
      return Object.fromEntries(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
    },
  };
}

/** Writing is rare, and what it needs takes long to load. */
async function change(folders: Folders, registry: string, login: HelperLogin | null | undefined): Promise<void> {
  const { changeHelperLogins } = await import('../state/helper-logins.ts');
  await changeHelperLogins(folders, { [registry]: login });
}

/** Case does not count in users' names (S0-08). */
function isSame(one: HeldLogin, other: HeldLogin): boolean {
  return one.secret === other.secret && one.user.toLowerCase() === other.user.toLowerCase();
}
