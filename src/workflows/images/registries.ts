/** Opens registries as the command line, a list of images, devreg's own records and this machine's files say. */
import type { CredentialLookup, CredentialSources, Credentials } from '../../client/registry/credentials.ts';
import type { RegistryClient, RegistryOptions, RetryOptions } from '../../client/registry/registry-client.ts';
import type { ListedRegistry } from '../../imagelists/image-list.ts';
import { certsFolders, readCertificates } from './certs-folders.ts';
import type { Registries, Side } from './image-ports.ts';
import { OWN_ADDRESS, type OwnRegistries, type OwnRegistry } from './own-registries.ts';

/** What the command line says about registries of one side. */
export interface RegistryAccess {
  readonly tls: RegistryOptions['tls'] | undefined;
  readonly credentials: Credentials | 'none' | undefined;
  readonly authfile: string | undefined;
  /** A folder of certificates instead of the usual ones. */
  readonly certDir: string | undefined;
}

/** What registries are opened with. */
export interface RegistriesOptions {
  readonly access: Readonly<Record<Side, RegistryAccess>>;
  readonly own: OwnRegistries;
  /** What a list of images says, by host. */
  readonly listed: ReadonlyMap<string, ListedRegistry>;
  readonly retries: RetryOptions | undefined;
  readonly sources: Pick<CredentialSources, 'env' | 'home' | 'runner'>;
  readonly createClient: (options: RegistryOptions) => RegistryClient;
  readonly createLookup: (sources: CredentialSources) => CredentialLookup;
}

/** Opens them; nothing is asked before one is. */
export function openRegistries(options: RegistriesOptions): Registries {
  const opened = new Map<string, Promise<RegistryClient>>();
  return {
    open(host, side) {
      const key = `${side} ${host}`;
      const client = opened.get(key) ?? openOne(host, side, options);
      opened.set(key, client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      const clients = await Promise.allSettled(opened.values());
      for (const client of clients) if (client.status === 'fulfilled') await client.value[Symbol.asyncDispose]();
    },
  };
}

async function openOne(host: string, side: Side, options: RegistriesOptions): Promise<RegistryClient> {
  const { access, own, listed, sources, createClient } = options;
  const wish = access[side];
  const registry = own.find(host);
  const folders = wish.certDir === undefined ? certsFolders(host, sources.home, sources.env) : [wish.certDir];
  const { authorities, client } = await readCertificates(folders);
  return createClient({
    host,
    credentials: lookupFor(host, side, registry, options),
    tls: chooseTls(wish.tls ?? tlsOf(listed.get(host)?.tls), registry),
    authorities: [...authorities, ...(own.authority === undefined ? [] : [own.authority])],
    ...(client === undefined ? {} : { clientCertificate: client }),
    ...(registry === undefined ? {} : { connectTo: OWN_ADDRESS }),
    ...(options.retries === undefined ? {} : { retries: options.retries }),
  });
}

/**
 * While a registry of devreg's stands still, its port is anybody's on this machine: who speaks no TLS there, or has no
 * certificate of the authority's, is not it and gets no password.
 * @param said undefined: nothing
 */
function chooseTls(said: RegistryOptions['tls'] | undefined, own: OwnRegistry | undefined): RegistryOptions['tls'] {
  if (own?.record.settings.tls === 'off') return said ?? 'plain';
  return own !== undefined && (said ?? 'verify') === 'verify' ? 'always' : (said ?? 'verify');
}

/** The command line counts before a list, the list before files. */
function lookupFor(
  host: string,
  side: Side,
  registry: OwnRegistry | undefined,
  { access, listed, own, sources, createLookup }: RegistriesOptions,
): CredentialLookup {
  const { credentials, authfile } = access[side];
  const said = credentials ?? toCredentials(listed.get(host)?.login);
  return createLookup({
    ...sources,
    ...(said === undefined ? {} : { flags: said }),
    ...(authfile === undefined ? {} : { authfile }),
    ownRegistries: async (name) => toCredentials((name === host ? registry : own.find(name))?.login),
  });
}

function toCredentials(login: OwnRegistry['login']): Credentials | undefined {
  return login === undefined ? undefined : { kind: 'password', ...login };
}

function tlsOf(tls: ListedRegistry['tls']): RegistryOptions['tls'] | undefined {
  const words = { verify: 'verify', insecure: 'skip', off: 'plain' } as const;
  return tls === undefined ? undefined : words[tls];
}
