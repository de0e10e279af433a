/** The credentials of a registry, in the shape that idpbuilder gives to core packages (S0-05 to S0-07). */
import type { Credentials } from '../state/credentials.ts';
import type { Folders } from '../state/folders.ts';
import type { AnyRecord } from '../state/record.ts';
import { authorityFile } from './own-authority.ts';
import { registryNames } from './settings.ts';

/** One secret; the keys are what scripts read. */
export interface Secret {
  readonly IsCore: true;
  readonly name: string;
  readonly namespace: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
  /** `host:port`, as images are named. */
  readonly registry: string;
  readonly url: string;
  /** The file of the certificate to trust; null without TLS. */
  readonly ca: string | null;
  readonly data: { readonly username: string; readonly password: string; readonly token: string };
}

/** What the registry is called as a package; the second is its name in idpbuilder. */
const PACKAGES = ['registry', 'gitea'];

/**
 * Gives the secrets of a registry.
 * @param packages whose secrets are asked for; every package's when empty
 * @param credentials undefined when they are gone
 */
export function secretsOf(
  record: AnyRecord,
  credentials: Credentials | undefined,
  packages: readonly string[],
  folders: Folders,
): Secret[] {
  const isAsked = packages.length === 0 || packages.some((name) => PACKAGES.includes(name));
  if (!isAsked || credentials === undefined) return [];
  const { settings } = record;
  const { user: username, tls } = settings;
  const { password, token } = credentials;
  const [registry] = registryNames(settings);
  return [
    {
      IsCore: true,
      name: 'registry-credential',
      namespace: record.provider === 'kind' ? record.settings.namespace : 'devreg',
      username,
      password,
      token,
      registry,
      url: `${tls === 'off' ? 'http' : 'https'}://${registry}`,
      ca: authorityFile(record, folders) ?? null,
      data: { username, password, token },
    },
  ];
}
