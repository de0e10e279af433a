/** The registry, whole: stores opened, service made, listening. */
import type { RegistryConfig } from './config.ts';
import type { Clock } from './core/ports.ts';
import { listenForGcRequests } from './gc/listen-for-requests.ts';
import { findConnectionLimit, gatherRefusals } from './http/connection-limit.ts';
import { type ListeningServer, listen } from './http/server.ts';
import { readTlsFiles, watchTlsFiles } from './http/tls-files.ts';
import { type Log, limitLog } from './log.ts';
import { type Service, createService } from './service.ts';
import { createSettings } from './settings.ts';
import { openStores } from './stores.ts';

/** A registry that runs. Disposing lets open requests finish within the grace time and closes everything. */
export interface Registry extends AsyncDisposable {
  /** Where it listens, in the order of the configuration, with the ports the system chose. */
  readonly addresses: readonly { readonly address: string; readonly port: number }[];
  /**
   * Takes over what can be taken over of other settings while it serves; when that fails, all stays as it was.
   * @throws UsersNeededError; RangeError for a network that is none; the errors of metadata
   */
  reload(next: RegistryConfig): Promise<void>;
}

/** What the registry takes from its surroundings. */
export interface Surroundings {
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Opens a registry.
 * @throws the errors of `openStores`, UsersNeededError, and the system's when an address or a file cannot be had
 */
export async function openRegistry(config: RegistryConfig, surroundings: Surroundings): Promise<Registry> {
  const { clock } = surroundings;
  const settings = createSettings(config);
  const log = limitLog(surroundings.log, () => settings.current.logLevel);
  await using opened = new AsyncDisposableStack();
  const { metadata, blobs } = opened.use(await openStores(config.dataDir, config.durability, log));
  const service = opened.use(await createService({ settings, metadata, blobs, clock, log }));
  const servers = await listenEverywhere(settings.current, service.exchange, log, opened);
  if (config.tls !== undefined) opened.use(followTlsFiles(config.tls, servers, log));
  opened.use(await takeGcRequests(config.dataDir, service, log));
  const addresses = servers.map(({ address, port }) => ({ address, port }));
  for (const { address, port } of addresses) log.info('listening', { address, port, tls: config.tls !== undefined });
  const keep = opened.move();
  return {
    addresses,
    async reload(next) {
      const { taken, waiting } = settings.compare(next);
      await service.reload(next);
      log.info('settings.reloaded', { names: taken.join(' ') });
      if (waiting.length > 0) log.warn('settings.waiting', { names: waiting.join(' ') });
    },
    async [Symbol.asyncDispose]() {
      log.info('closing');
      await keep.disposeAsync();
      log.info('closed');
      log.flush();
    },
  };
}

/** A file system without sockets is no reason not to serve. */
async function takeGcRequests(dataDir: string, service: Service, log: Log): Promise<AsyncDisposable | undefined> {
  try {
    return await listenForGcRequests(dataDir, service.garbage);
  } catch (error) {
    log.warn('gc.unreachable', { error: String(error) });
    return undefined;
  }
}

async function listenEverywhere(
  config: RegistryConfig,
  exchange: Parameters<typeof listen>[0],
  log: Log,
  opened: AsyncDisposableStack,
): Promise<ListeningServer[]> {
  const tls = config.tls === undefined ? undefined : await readTlsFiles(config.tls);
  const connections = await shareConnections(config.listen.length, log);
  const servers: ListeningServer[] = [];
  opened.defer(async () => void (await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))));
  for (const { host, port } of config.listen)
    servers.push(await listen(exchange, { host, port, tls, grace: () => config.grace, connections }));
  return servers;
}

/** Every address has its share of what the system lets the process open. */
async function shareConnections(addresses: number, log: Log) {
  const limit = await findConnectionLimit();
  if (limit === undefined) return undefined;
  const max = Math.max(1, Math.floor(limit / addresses));
  const onRefused = gatherRefusals((count) => log.warn('connections.refused', { count, open: max }));
  return { max, onRefused };
}

function followTlsFiles(
  files: NonNullable<RegistryConfig['tls']>,
  servers: readonly ListeningServer[],
  log: Log,
): Disposable {
  return watchTlsFiles(
    files,
    (pair) => {
      for (const server of servers) server.replaceTls(pair);
      log.info('tls.reloaded', { cert: files.cert });
    },
    (error) => log.error('tls.failed', { cert: files.cert, error: String(error) }),
  );
}
