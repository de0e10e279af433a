/** A real registry on a free port, over memory or over real folders, and the requests tests send to it. */
import { Agent } from 'node:http';
import { openRegistry } from '../../src/registry/registry.ts';
import { cacheMetadata } from '../../src/registry/cache/cached-metadata.ts';
import type { RegistryConfig } from '../../src/registry/config.ts';
import type { BlobStore, Clock, Metadata } from '../../src/registry/core/ports.ts';
import { REGISTRY_DEFAULTS } from '../../src/registry/defaults.ts';
import { type ListeningServer, listen } from '../../src/registry/http/server.ts';
import type { Log, LogFields } from '../../src/registry/log.ts';
import { openSqliteMetadata } from '../../src/registry/metadata/sqlite-metadata.ts';
import { createSettings } from '../../src/registry/settings.ts';
import { createService } from '../../src/registry/service.ts';
import { MemoryBlobStore } from '../../src/registry/storage/memory-blob-store.ts';
import { type RawConnection, connectRaw } from './raw-connection.ts';
import { type WireReply, type WireRequest, sendRequest } from './wire.ts';
import { expectReplyRules } from './wire-rules.ts';

/** How a test wants its registry. */
export interface RegistryOptions extends Partial<Omit<RegistryConfig, 'dataDir' | 'listen' | 'tls' | 'users'>> {
  readonly clock?: Clock;
  /** Adds users and permissions before the registry opens. */
  readonly accounts?: (metadata: Metadata) => Promise<unknown>;
  readonly headersTimeout?: number;
  /** An empty one in memory if none is given. */
  readonly store?: BlobStore;
  /** Whether the log may have errors; else they fail the test. */
  readonly mayFail?: boolean;
}

/** One line of the log. */
interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: LogFields;
}

/** A registry that listens on 127.0.0.1. */
export interface TestRegistry extends AsyncDisposable {
  readonly port: number;
  /** Host and port, as clients write them. */
  readonly host: string;
  /** Sends a request and checks what holds for every reply of the registry. */
  send(request: WireRequest): Promise<WireReply>;
  /** A connection for what no client library sends. */
  connect(): Promise<RawConnection>;
  readonly log: readonly LogLine[];
}

/** A registry whose stores a test can look into. */
export interface MemoryRegistry extends TestRegistry {
  readonly metadata: Metadata;
  readonly blobs: BlobStore;
}

const COMPUTER_CLOCK: Clock = { now: () => new Date() };

/** Milliseconds that requests get at the end of a test. */
const GRACE = 2_000;

/** Starts a registry in memory, with the cache that a real one has before its metadata. */
export async function startRegistry(options: RegistryOptions = {}): Promise<MemoryRegistry> {
  const { clock = COMPUTER_CLOCK, accounts, headersTimeout, store, mayFail = false, ...settings } = options;
  const config = { ...REGISTRY_DEFAULTS, ...settings, dataDir: '/nowhere', listen: [{ host: '127.0.0.1', port: 0 }] };
  await using opened = new AsyncDisposableStack();
  const sqlite = opened.use(await openSqliteMetadata({ path: ':memory:', durability: 'fast', clock }));
  await accounts?.(sqlite);
  const metadata = cacheMetadata(sqlite);
  const blobs = opened.use(store ?? new MemoryBlobStore());
  const { log, lines } = recordLog();
  const service = opened.use(await createService({ settings: createSettings(config), metadata, blobs, clock, log }));
  const timeouts = headersTimeout === undefined ? {} : { headersTimeout };
  const server = opened.use(
    await listen(service.exchange, { host: '127.0.0.1', port: 0, tls: undefined, grace: () => GRACE, ...timeouts }),
  );
  return { ...testRegistry(server, lines, opened.move(), mayFail), metadata, blobs };
}

/** A registry over a data folder. */
export interface FolderRegistry extends TestRegistry {
  /** Takes over settings that differ from those it was started with. */
  reload(changes: Partial<RegistryConfig>): Promise<void>;
}

/** Starts a registry over a data folder; it can be disposed of and started again over the same one. */
export async function startRegistryIn(
  dataDir: string,
  options: Partial<Omit<RegistryConfig, 'dataDir'>> & Pick<RegistryOptions, 'clock' | 'mayFail'> = {},
): Promise<FolderRegistry> {
  const { clock = COMPUTER_CLOCK, mayFail = false, ...settings } = options;
  const config = { ...REGISTRY_DEFAULTS, grace: GRACE, listen: [{ host: '127.0.0.1', port: 0 }], ...settings, dataDir };
  await using opened = new AsyncDisposableStack();
  const { log, lines } = recordLog();
  const registry = opened.use(await openRegistry(config, { log, clock }));
  const [address] = registry.addresses;
  if (address === undefined) throw new Error('The registry does not listen.');
  return {
    ...testRegistry(address, lines, opened.move(), mayFail),
    reload: (changes) => registry.reload({ ...config, ...changes }),
  };
}

function testRegistry(
  { port }: Pick<ListeningServer, 'port'>,
  log: readonly LogLine[],
  resources: AsyncDisposable,
  mayFail: boolean,
): TestRegistry {
  const agent = new Agent({ keepAlive: true });
  return {
    port,
    host: `127.0.0.1:${port}`,
    log,
    async send(request) {
      const reply = await sendRequest(port, request, agent);
      expectReplyRules(request, reply);
      return reply;
    },
    connect: () => connectRaw(port),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await resources[Symbol.asyncDispose]();
      const faults = log.filter(({ level }) => level === 'error');
      if (!mayFail && faults.length > 0) throw new Error(`The registry logged errors: ${JSON.stringify(faults)}`);
    },
  };
}

function recordLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields });
  return { lines, log: { info: at('info'), warn: at('warn'), error: at('error'), flush: () => {} } };
}
