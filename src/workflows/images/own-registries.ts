/** The registries that devreg made, as its image commands reach them: by any of their names, with their login and CA. */
import { readIfPresent } from '../../optional-files.ts';
import type { CredentialStore } from '../../state/credentials.ts';
import { authorityCertificate } from '../../state/paths.ts';
import type { AnyRecord } from '../../state/record.ts';
import { chooseName, noSuchRegistry } from '../chosen-registry.ts';
import { loginNames } from '../login-names.ts';
import type { State } from '../open-state.ts';

/** One of them. */
export interface OwnRegistry {
  readonly record: AnyRecord;
  /** Each `host:port`; `localhost` is last. */
  readonly names: readonly string[];
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

/** Names lead to this machine, whatever name servers say. */
export const OWN_ADDRESS = '127.0.0.1';

/** All of them, and the one that a command is about. */
export interface OwnRegistries {
  /** The certificate of the user's authority, PEM, which `registry serve` has its own from as well; undefined: none yet. */
  readonly authority: string | undefined;
  find(host: string): OwnRegistry | undefined;
  /** @throws DevregError REGISTRY_NOT_FOUND, NAME_REFUSED */
  chosen(): OwnRegistry;
  /** The chosen one as images are named: `localhost:5001`. @throws as `chosen` */
  chosenHost(): string;
}

/** Reads what is known of them. @param name undefined: the only one there is, else devreg */
export async function readOwnRegistries(
  name: string | undefined,
  { records, credentials, folders }: State,
): Promise<OwnRegistries> {
  const all = await records.list();
  const authority = await readIfPresent(authorityCertificate(folders));
  const own = await Promise.all(all.map((record) => toOwn(record, credentials)));
  const chosen = () => {
    const wanted = chooseName(name, all);
    const found = own.find(({ record }) => record.name === wanted);
    if (found === undefined) throw noSuchRegistry(wanted, all);
    return found;
  };
  return {
    authority,
    find: (host) => own.find(({ names }) => names.includes(host)),
    chosen,
    chosenHost: () => chosen().names.at(-1) ?? '',
  };
}

async function toOwn(record: AnyRecord, credentials: CredentialStore): Promise<OwnRegistry> {
  const password = (await credentials.find(record.name))?.password;
  const { user } = record.settings;
  return {
    record,
    names: loginNames(record),
    login: password === undefined ? undefined : { user, password },
  };
}
