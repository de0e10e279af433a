/** The recipe of `devreg create`: every step finds its work done or does it, and what fails half-way is undone. */
import { isDevregError } from '../errors.ts';
import type { RegistryProvider } from '../provider/provider.ts';
import type { Folders } from '../state/folders.ts';
import { authorityFolder, registryPaths } from '../state/paths.ts';
import type { RegistryRecord, RegistrySettings } from '../state/record.ts';
import type { Records } from '../state/records.ts';
import { announceAuthority } from './authority-news.ts';
import { noSuchRegistry } from './chosen-registry.ts';
import { folderOccupied, providerFixed } from './conflicts.ts';
import { makeDataFolder, refuseSystemFolder, removeDataFolder } from './data-folder.ts';
import { isChanging } from './ensure-credentials.ts';
import { dropFormerUser } from './former-user.ts';
import { type TrustPlace, othersThan, releaseTrust, trustOnHost } from './host-trust.ts';
import { type LaunchPorts, launch } from './launch.ts';
import { type ServerCertificate, certificateNames, ensureServerCertificate } from './server-certificate.ts';
import { lockRegistry } from './registry-lock.ts';
import { type WantedSettings, areSettingsEqual, registryNames, settleSettings } from './settings.ts';

/** What is asked for. */
export interface CreateRequest {
  readonly name: string;
  readonly wanted: WantedSettings;
  readonly rotatePassword: boolean;
  /** Whether one that is not there is an error, and none is made. */
  readonly mustExist?: boolean;
  /** Of the user's choice; undefined: the one there is, else one that is drawn. */
  readonly password?: string | undefined;
  /** Milliseconds that the registry gets to become ready. */
  readonly timeout: number;
}

/** What the recipe works with. */
export interface CreatePorts extends LaunchPorts {
  readonly folders: Folders;
  readonly trustPlace: TrustPlace;
  /** Whose a new certificate authority is, `user@host`. */
  readonly owner: string;
}

/** A registry that runs as asked for. */
export interface CreatedRegistry {
  readonly record: RegistryRecord;
  /** `kept`: it ran like that already. */
  readonly outcome: 'created' | 'started' | 'restarted' | 'kept';
  /** The file of the authority's certificate; undefined without TLS. */
  readonly ca: string | undefined;
}

const OUTSIDE_HINT =
  'Choose a host below localtest.me or localhost, such as registry.localtest.me, or do without TLS by --tls off.';

/**
 * Makes a registry, or brings it to what is asked for.
 * @throws DevregError: REGISTRY_NOT_FOUND, NAME_INVALID, HOST_REFUSED, PORTS_EQUAL, DATA_FOLDER_FIXED, DATA_FOLDER_IN_USE,
 *   DATA_FOLDER_REFUSED, PORT_IN_USE, START_FAILED, START_TIMEOUT, those of certificates and files; the signal's reason when it aborts
 */
export async function createRegistry(request: CreateRequest, ports: CreatePorts): Promise<CreatedRegistry> {
  const { records, provider, signal } = ports;
  const paths = registryPaths(ports.folders, request.name);
  using _lock = await lockRegistry(request.name, ports);
  const before = await findProcess(request.name, records);
  if (before === undefined && request.mustExist === true) throw noSuchRegistry(request.name, await records.list());
  const settings = settleSettings(request.wanted, before?.settings, paths.data);
  await refuseSystemFolder(settings.dataDir);
  const condition = await provider.inspect({ settings, process: before?.process });
  if (condition.state === 'occupied') throw folderOccupied(settings.dataDir, condition.occupant);
  const isRunning = condition.state === 'running';

  await using undo = new AsyncDisposableStack();
  const madeFolder = await ensureDataFolder(settings.dataDir, provider, undo);
  const certificate = await prepareCertificate(settings, ports);
  signal.throwIfAborted();
  const isNewSecret = isChanging(request, await ports.credentials.find(request.name));
  const kept = isRunning && !isNewSecret && isAsWanted(before, settings) ? before : undefined;
  const plan = { ...request, paths, settings, before, isRunning, madeFolder };
  const launched = kept === undefined ? await launch(plan, ports, undo) : { record: kept, started: undefined };
  const record = await ensureTrust(launched.record, certificate, ports, undo);
  signal.throwIfAborted();
  await launched.started?.keep();
  undo.move();
  await dropFormerUser(record.name, { before: before?.settings.user, now: record.settings.user }, ports);
  return { record, outcome: outcomeOf(before, isRunning, kept !== undefined), ca: certificate?.ca.file };
}

async function findProcess(name: string, records: Records): Promise<RegistryRecord | undefined> {
  const found = await records.find(name);
  if (found !== undefined && found.provider !== 'process') throw providerFixed(found);
  return found;
}

function isAsWanted(before: RegistryRecord | undefined, settings: RegistrySettings): before is RegistryRecord {
  return before !== undefined && areSettingsEqual(before.settings, settings);
}

function outcomeOf(
  before: RegistryRecord | undefined,
  wasRunning: boolean,
  isKept: boolean,
): CreatedRegistry['outcome'] {
  if (before === undefined) return 'created';
  if (isKept) return 'kept';
  return wasRunning ? 'restarted' : 'started';
}

async function ensureDataFolder(
  dataDir: string,
  provider: RegistryProvider,
  undo: AsyncDisposableStack,
): Promise<string | undefined> {
  const made = await makeDataFolder(dataDir);
  if (made !== undefined) undo.defer(() => removeDataFolder(dataDir, made, provider));
  return made;
}

async function prepareCertificate(
  settings: RegistrySettings,
  ports: CreatePorts,
): Promise<ServerCertificate | undefined> {
  if (settings.tls === 'off') return undefined;
  const { folders, owner, now, progress } = ports;
  const certificate = await ensureServerCertificate({
    authorityFolder: authorityFolder(folders),
    dataDir: settings.dataDir,
    names: certificateNames(settings.host),
    owner,
    now: now(),
    outsideHint: OUTSIDE_HINT,
  });
  announceAuthority(certificate, progress);
  return certificate;
}

/** A registry that some client does not trust is better than none. */
async function ensureTrust(
  record: RegistryRecord,
  certificate: ServerCertificate | undefined,
  { records, trustPlace, progress }: CreatePorts,
  undo: AsyncDisposableStack,
): Promise<RegistryRecord> {
  const wanted = {
    certificate: certificate?.ca.pem ?? '',
    registries: certificate === undefined ? [] : registryNames(record.settings),
  };
  const known = new Set(record.trusted.map(({ path }) => path));
  undo.defer(async () => {
    const trusted = (await findProcess(record.name, records))?.trusted ?? [];
    await releaseTrust(
      trusted.filter(({ path }) => !known.has(path)),
      await othersThan(record.name, records),
    );
  });
  try {
    return await trustOnHost(record, wanted, trustPlace, records, progress);
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn(`${error.message} Clients will not trust the registry's certificate by themselves.`);
    return (await findProcess(record.name, records)) ?? record;
  }
}
