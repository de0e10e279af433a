/** The environment variables of Distribution's registry, as far as they have a counterpart here (S2-01). */
import type { RegistryConfig } from './config.ts';
import { parseListenAddress } from './listen-address.ts';

/** What the environment asks for. */
export type EnvironmentSettings = Partial<
  Pick<RegistryConfig, 'dataDir' | 'listen' | 'tls' | 'allowDelete' | 'allowSparse' | 'grace' | 'logLevel'>
>;

/** The environment as read. */
export interface ReadEnvironment {
  readonly settings: EnvironmentSettings;
  /** Sentences on variables that ask for something the registry would not do; it must not start. */
  readonly problems: readonly string[];
  /** Variables without effect here. */
  readonly ignored: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type Reader = (value: string, environment: Environment) => EnvironmentSettings | undefined;

/** Distribution's own default. */
const DEFAULT_PORT = 5000;

/** Each reader gives the settings a value stands for, or undefined when it makes no sense of it. */
const READERS: Readonly<Record<string, Reader>> = {
  REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: (dataDir) => ({ dataDir }),
  REGISTRY_HTTP_ADDR: readListen,
  REGISTRY_HTTP_TLS_CERTIFICATE: (cert, environment) => readTls(cert, environment['REGISTRY_HTTP_TLS_KEY']),
  REGISTRY_HTTP_TLS_KEY: (key, environment) => readTls(environment['REGISTRY_HTTP_TLS_CERTIFICATE'], key),
  REGISTRY_HTTP_DRAINTIMEOUT: readDrainTime,
  // Distribution knows the level debug too; there is nothing here that only it would show.
  REGISTRY_LOG_LEVEL: (value) =>
    choose(value, {
      error: { logLevel: 'error' },
      warn: { logLevel: 'warn' },
      info: { logLevel: 'info' },
      debug: { logLevel: 'info' },
    }),
  REGISTRY_STORAGE_DELETE_ENABLED: (value) =>
    choose(value, { true: { allowDelete: true }, false: { allowDelete: false } }),
  REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED: (value) => choose(value, { false: {} }),
  REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS: (value) =>
    choose(value, { none: { allowSparse: true }, all: { allowSparse: false } }),
};

/** Asking for protection, or for another store, must not be ignored in silence. */
const REFUSED: readonly (readonly [prefix: string, instead: string])[] = [
  ['REGISTRY_AUTH', 'name an administrator with DEVREG_USER and DEVREG_PASSWORD_FILE'],
  ['REGISTRY_HTTP_TLS_CLIENTCAS', 'clients are known by passwords and tokens'],
  ['REGISTRY_HTTP_TLS_LETSENCRYPT', 'give a certificate and its key'],
  ['REGISTRY_PROXY_', 'this registry does not fetch from others'],
  ['REGISTRY_STORAGE_S3', 'blobs are kept in files'],
  ['REGISTRY_STORAGE_GCS', 'blobs are kept in files'],
  ['REGISTRY_STORAGE_AZURE', 'blobs are kept in files'],
  ['REGISTRY_STORAGE_MAINTENANCE_READONLY', 'there is no read-only mode; permissions say who may write'],
];

/** What Kubernetes adds for a service that is called registry, and where podman and skopeo keep credentials. */
const FOREIGN = /^REGISTRY_(?:SERVICE_|PORT(?:_|$)|AUTH_FILE$)/;

/**
 * Reads the variables that begin with `REGISTRY_`.
 * @see https://distribution.github.io/distribution/about/configuration/
 */
export function readEnvironment(environment: Environment): ReadEnvironment {
  const settings: EnvironmentSettings[] = [];
  const problems: string[] = [];
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('REGISTRY_') || FOREIGN.test(name) || value === undefined || value === '') continue;
    const refused = REFUSED.find(([prefix]) => name.startsWith(prefix));
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const meant = read?.(value, environment);
    if (meant !== undefined) settings.push(meant);
    else if (refused !== undefined) problems.push(`${name} is not supported: ${refused[1]}.`);
    else if (read !== undefined) problems.push(`${name}=${value} is not understood.`);
    else ignored.push(name);
  }
  return { settings: Object.assign({}, ...settings) as EnvironmentSettings, problems, ignored };
}

function readListen(value: string): EnvironmentSettings | undefined {
  const address = parseListenAddress(value, DEFAULT_PORT);
  return address === undefined ? undefined : { listen: [address] };
}

function readTls(cert: string | undefined, key: string | undefined): EnvironmentSettings | undefined {
  return cert && key ? { tls: { cert, key } } : undefined;
}

/** A duration in Go's notation, of which whole numbers with one unit are understood. */
function readDrainTime(value: string): EnvironmentSettings | undefined {
  const [, count, unit = ''] = /^(\d{1,6})(ms|s|m|h)$/.exec(value) ?? [];
  const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit];
  return milliseconds === undefined ? undefined : { grace: Number(count) * milliseconds };
}

function choose(
  value: string,
  meanings: Readonly<Record<string, EnvironmentSettings>>,
): EnvironmentSettings | undefined {
  return Object.hasOwn(meanings, value) ? meanings[value] : undefined;
}
