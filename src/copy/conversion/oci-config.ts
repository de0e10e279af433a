/** The configuration of a Docker image as OCI has it: without Docker's own fields, written as Go writes it. Pure. */
import { type GoValue, formatGoJson, formatGoTime } from './go-json.ts';

/** A configuration that was made from another. */
export interface OciConfig {
  readonly bytes: Buffer;
  /** Settings of the image, such as `Healthcheck`, that OCI's configuration has no place for. */
  readonly lost: readonly string[];
}

/** Reads a value; undefined leaves its field out, as it is when it is empty. @throws NotOfKind */
type Read = (value: unknown) => GoValue | undefined;

type Fields = readonly (readonly [name: string, read: Read])[];

/** A value is not what the field holds. */
class NotOfKind extends Error {}

/** In the order in which containers/image writes them. @see https://github.com/opencontainers/image-spec/blob/main/config.md */
const SETTINGS: Fields = [
  ['User', readText],
  ['ExposedPorts', readNames],
  ['Env', readTexts],
  ['Entrypoint', readTexts],
  ['Cmd', readTexts],
  ['Volumes', readNames],
  ['WorkingDir', readText],
  ['Labels', readLabels],
  ['StopSignal', readText],
  ['ArgsEscaped', readFlag],
];

const HISTORY: Fields = [
  ['created', readTime],
  ['created_by', readText],
  ['author', readText],
  ['comment', readText],
  ['empty_layer', readFlag],
];

const FIELDS: Fields = [
  ['created', readTime],
  ['author', readText],
  ['architecture', (value) => readText(value) ?? ''],
  ['variant', readText],
  ['os', (value) => readText(value) ?? ''],
  ['os.version', readText],
  ['os.features', readTexts],
  ['config', (value) => readFields(SETTINGS, value ?? {})],
  ['rootfs', (value) => readFields(ROOT_FILES, value ?? {})],
  ['history', readHistory],
];

const ROOT_FILES: Fields = [
  ['type', (value) => readText(value) ?? ''],
  ['diff_ids', (value) => readTexts(value) ?? (value === undefined ? null : [])],
];

/** Docker's settings that change how a container runs. */
const DOCKER_SETTINGS = ['Healthcheck', 'OnBuild', 'Shell'];

/** @returns undefined when the bytes are no configuration */
export function toOciConfig(bytes: Uint8Array): OciConfig | undefined {
  try {
    const config: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const settings = isObject(config) ? config['config'] : undefined;
    return { bytes: Buffer.from(formatGoJson(readFields(FIELDS, config))), lost: listLost(settings) };
  } catch (error) {
    if (error instanceof NotOfKind || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function listLost(settings: unknown): string[] {
  if (!isObject(settings)) return [];
  const isSet = (value: unknown) =>
    value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
  return DOCKER_SETTINGS.filter((name) => isSet(settings[name]));
}

function readFields(fields: Fields, value: unknown): ReadonlyMap<string, GoValue> {
  if (!isObject(value)) throw new NotOfKind();
  const read = fields.map(([name, readValue]) => [name, readValue(value[name] ?? undefined)] as const);
  return new Map(read.flatMap(([name, found]) => (found === undefined ? [] : [[name, found]])));
}

function readText(value: unknown): string | undefined {
  if (value !== undefined && typeof value !== 'string') throw new NotOfKind();
  return value === '' ? undefined : value;
}

function readTexts(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw new NotOfKind();
  return value.length === 0 ? undefined : value;
}

function readFlag(value: unknown): true | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw new NotOfKind();
  return value === true ? true : undefined;
}

function readTime(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'string' ? formatGoTime(value) : undefined;
  if (time === undefined) throw new NotOfKind();
  return time;
}

/** Sets of names are objects whose values say nothing. */
function readNames(value: unknown): GoValue | undefined {
  return readSorted(value, () => new Map());
}

function readLabels(value: unknown): GoValue | undefined {
  return readSorted(value, (label) => readText(label) ?? '');
}

function readSorted(value: unknown, read: (item: unknown) => GoValue): GoValue | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) throw new NotOfKind();
  const items = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return items.length === 0 ? undefined : new Map(items.map(([name, item]) => [name, read(item ?? undefined)]));
}

function readHistory(value: unknown): GoValue | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new NotOfKind();
  return value.length === 0 ? undefined : value.map((entry) => readFields(HISTORY, entry));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
