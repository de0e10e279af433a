/** What is remembered of one registry, as text and as a value. Pure. */
import { DevregError } from '../errors.ts';

/** How a registry was asked for; ports are the ones it got. */
export interface RegistrySettings {
  /** The name clients use, which stands in its certificate. */
  readonly host: string;
  /** The port that goes with the host. */
  readonly port: number;
  /** The port that goes with `localhost`. */
  readonly registryPort: number;
  /** The administrator. */
  readonly user: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly durability: 'full' | 'fast';
  readonly tls: 'auto' | 'off';
}

/** The process that serves a registry. */
interface ServingProcess {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A CA file that was written for clients on this machine. */
export interface TrustedFile {
  readonly registry: string;
  readonly path: string;
  readonly hashes: readonly string[];
  readonly folders: readonly string[];
}

/** Everything remembered of a registry. */
export interface RegistryRecord {
  readonly name: string;
  readonly provider: 'process';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly settings: RegistrySettings;
  /** The process that was started last; whether it still runs is for the data folder's lock to say. */
  readonly process: ServingProcess | undefined;
  /** The outermost folder that was made to keep the data in; undefined when it was there before. */
  readonly madeFolder: string | undefined;
  readonly trusted: readonly TrustedFile[];
}

/** The version of the text; a newer devreg that changes its meaning counts up. */
const FORMAT = 1;

/** Writes a record down. */
export function formatRecord(record: RegistryRecord): string {
  return `${JSON.stringify({ format: FORMAT, ...record }, undefined, 2)}\n`;
}

/**
 * Reads a record.
 * @param file where the text is from, for the error
 * @throws DevregError RECORD_DAMAGED, RECORD_TOO_NEW
 */
export function parseRecord(text: string, file: string): RegistryRecord {
  const json = parseJson(text);
  if (isObject(json) && typeof json['format'] === 'number' && json['format'] > FORMAT) throw tooNew(file);
  if (!isObject(json) || json['format'] !== FORMAT || !isRecord(json)) throw damaged(file);
  const { name, provider, createdAt, settings, process, madeFolder, trusted } = json;
  return { name, provider, createdAt, settings, process, madeFolder, trusted };
}

type Json = Readonly<Record<string, unknown>>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(json: Json): json is Json & RegistryRecord {
  const { name, provider, createdAt, settings, process, madeFolder, trusted } = json;
  return (
    areTexts(name, createdAt) &&
    provider === 'process' &&
    isSettings(settings) &&
    (process === undefined || isServingProcess(process)) &&
    (madeFolder === undefined || typeof madeFolder === 'string') &&
    Array.isArray(trusted) &&
    trusted.every(isTrustedFile)
  );
}

function isSettings(value: unknown): value is RegistrySettings {
  if (!isObject(value)) return false;
  const { host, port, registryPort, user, dataDir, durability, tls } = value;
  return (
    areTexts(host, user, dataDir) &&
    isPort(port) &&
    isPort(registryPort) &&
    (durability === 'full' || durability === 'fast') &&
    (tls === 'auto' || tls === 'off')
  );
}

function isServingProcess(value: unknown): value is ServingProcess {
  return isObject(value) && isPid(value['pid']) && typeof value['startedAt'] === 'string';
}

function isTrustedFile(value: unknown): value is TrustedFile {
  if (!isObject(value)) return false;
  const { registry, path, hashes, folders } = value;
  return areTexts(registry, path) && Array.isArray(hashes) && Array.isArray(folders) && areTexts(...hashes, ...folders);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
}

/** Signals to 0, 1 and negative numbers reach whole groups of processes, or the first of all. */
function isPid(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 1;
}

function damaged(file: string): DevregError {
  return new DevregError('failure', 'RECORD_DAMAGED', `${file} is not what devreg wrote there.`, {
    hint: 'Move it away and run devreg create: data and credentials are kept elsewhere.',
  });
}

function tooNew(file: string): DevregError {
  return new DevregError('failure', 'RECORD_TOO_NEW', `${file} was written by a newer version of devreg.`, {
    hint: 'Use that version, or a newer one.',
  });
}
