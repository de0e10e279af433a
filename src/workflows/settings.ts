/** How a registry is to be: what is asked for now, over what it was before, over the defaults. Pure. */
import { parseSubjectName } from '../certs/subject-name.ts';
import { DevregError } from '../errors.ts';
import { type Endpoint, type RegistrySettings, isOneDoor } from '../state/record.ts';
import { completeEndpoint } from './profile.ts';

/** What is asked for now; the rest stays as it was. Port 0 means any port. */
export type WantedSettings = Partial<RegistrySettings>;

/** Settings of a registry that nobody asked anything of. */
export const DEFAULT_SETTINGS: Omit<RegistrySettings, 'dataDir'> = {
  host: 'registry.localtest.me',
  port: 8443,
  registryPort: 5001,
  user: 'giteaAdmin',
  durability: 'full',
  tls: 'auto',
};

/**
 * Settles how the registry is to be.
 * @param before its settings until now; undefined for a new one
 * @param dataDir where a new one keeps its data unless another folder is asked for
 * @throws DevregError NAME_INVALID, HOST_REFUSED, PORTS_EQUAL, DATA_FOLDER_FIXED
 */
export function settleSettings(
  wanted: WantedSettings,
  before: RegistrySettings | undefined,
  dataDir: string,
): RegistrySettings {
  const complete = completeEndpoint<RegistrySettings>(wanted, before, DEFAULT_SETTINGS) as WantedSettings;
  const settled = { ...DEFAULT_SETTINGS, dataDir, ...before, ...complete };
  const host = parseHost(settled.host);
  const port = settled.port === 0 && before !== undefined ? before.port : settled.port;
  const registryPort = settled.registryPort === 0 && before !== undefined ? before.registryPort : settled.registryPort;
  if (port === registryPort && port !== 0 && !isOneDoor({ host, port, registryPort })) throw portsEqual(port);
  if (before !== undefined && settled.dataDir !== before.dataDir) throw folderFixed(before.dataDir, settled.dataDir);
  return { ...settled, host, port, registryPort };
}

/** Whether a registry with these settings need not change. */
export function areSettingsEqual(one: RegistrySettings, other: RegistrySettings): boolean {
  return (Object.keys(one) as (keyof RegistrySettings)[]).every((key) => one[key] === other[key]);
}

/** The registry as clients name it: by its host, and by `localhost` unless that is the same. */
export function registryNames({
  host,
  port,
  registryPort,
}: Pick<Endpoint, 'host' | 'port' | 'registryPort'>): readonly [byHost: string, ...byLocalhost: string[]] {
  return isOneDoor({ host, port, registryPort })
    ? [`${host}:${port}`]
    : [`${host}:${port}`, `localhost:${registryPort}`];
}

/**
 * A host as it stands in images' names.
 * @throws DevregError NAME_INVALID, HOST_REFUSED
 */
export function parseHost(text: string): string {
  const { kind, value } = parseSubjectName(text);
  if (!value.startsWith('*') && (kind === 'dns' || !value.includes(':'))) return value;
  throw new DevregError('usage', 'HOST_REFUSED', `${JSON.stringify(text)} cannot be part of an image's name.`, {
    hint: 'Give a plain name such as registry.localtest.me, or an IPv4 address.',
  });
}

/** Two doors need two ports. */
export function portsEqual(port: number): DevregError {
  const message = `--port and --registry-port are both ${port}.`;
  return new DevregError('usage', 'PORTS_EQUAL', message, { hint: 'Give two ports, or 0 to have one chosen.' });
}

function folderFixed(before: string, wanted: string): DevregError {
  const message = `This registry keeps its data in ${before}, not in ${wanted}.`;
  return new DevregError('conflict', 'DATA_FOLDER_FIXED', message, {
    hint: 'Make another registry with --name, or delete this one first: its data stay where they are.',
  });
}
