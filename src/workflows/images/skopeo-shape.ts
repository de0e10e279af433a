/** What `skopeo inspect` prints of an image, field for field. Pure. */
import { isObject } from '../../json-values.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { DOCKER_MANIFEST } from '../../oci/media-types.ts';

/** The answer; what is undefined is left out. */
export interface InspectedImage {
  readonly Name?: string;
  readonly Digest: Digest;
  readonly RepoTags: readonly string[];
  readonly Created: string | null;
  readonly DockerVersion: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Architecture: string;
  readonly Os: string;
  readonly Layers: readonly Digest[];
  readonly LayersData?: readonly InspectedLayer[];
  readonly Env: readonly string[] | null;
}

interface InspectedLayer {
  readonly MIMEType: string;
  readonly Digest: Digest;
  readonly Size: number;
  readonly Annotations: Readonly<Record<string, string>> | null;
}

/** What it is made of. */
export interface InspectedParts {
  /** With neither tag nor digest; undefined outside registries. */
  readonly name: string | undefined;
  /** Of what the reference leads to, which may be an index. */
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** Of the image that was chosen. */
  readonly mediaType: string;
  readonly layers: readonly Descriptor[];
  /** Its configuration, parsed. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** The zero of Go's clock. */
const NEVER = '0001-01-01T00:00:00Z';

/** Puts the answer together. */
export function inspectedImage({ name, digest, tags, mediaType, layers, config }: InspectedParts): InspectedImage {
  const settings = isObject(config['config']) ? config['config'] : {};
  const created = timeOf(config['created']);
  return {
    ...(name === undefined ? {} : { Name: name }),
    Digest: digest,
    RepoTags: tags,
    Created: created ?? (mediaType === DOCKER_MANIFEST ? NEVER : null),
    DockerVersion: textOf(config['docker_version']),
    Labels: labelsOf(settings['Labels']),
    Architecture: textOf(config['architecture']),
    Os: textOf(config['os']),
    Layers: layers.map((layer) => layer.digest),
    ...(layers.length === 0 ? {} : { LayersData: layers.map(toLayer) }),
    Env: Array.isArray(settings['Env']) ? settings['Env'].map(textOf) : null,
  };
}

function toLayer({ mediaType, digest, size, annotations }: Descriptor): InspectedLayer {
  return { MIMEType: mediaType, Digest: digest, Size: size, Annotations: annotations ?? null };
}

/** Fields of a configuration in the order of the specification, which is the order skopeo prints them in. */
const CONFIG_FIELDS = ['created', 'author', 'architecture', 'variant', 'os', 'os.version', 'os.features'];
const SETTING_FIELDS = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'ArgsEscaped',
];
const HISTORY_FIELDS = ['created', 'created_by', 'author', 'comment', 'empty_layer'];

/**
 * A configuration as `skopeo inspect --config` prints it: what the specification knows, empty fields left out.
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 */
export function inspectedConfig(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const rootfs = isObject(config['rootfs']) ? config['rootfs'] : {};
  const history: readonly unknown[] = Array.isArray(config['history']) ? config['history'] : [];
  const { created, author, ...platform } = pick(config, CONFIG_FIELDS);
  return {
    ...(timeOf(created) === undefined ? {} : { created: timeOf(created) }),
    ...(author === undefined ? {} : { author }),
    architecture: '',
    os: '',
    ...platform,
    config: pick(isObject(config['config']) ? config['config'] : {}, SETTING_FIELDS),
    rootfs: { type: textOf(rootfs['type']), diff_ids: rootfs['diff_ids'] ?? null },
    ...(history.length === 0 ? {} : { history: history.map((entry) => historyOf(entry)) }),
  };
}

function historyOf(entry: unknown): Readonly<Record<string, unknown>> {
  const { created, ...rest } = pick(isObject(entry) ? entry : {}, HISTORY_FIELDS);
  return { ...(timeOf(created) === undefined ? {} : { created: timeOf(created) }), ...rest };
}

/** Only what is there and not empty, as Go leaves it out; keys of maps in order. */
function pick(object: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  const entries = fields.map((field) => [field, sortKeys(object[field])] as const);
  return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function sortKeys(value: unknown): unknown {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;
}

/** As Go writes times: no zeros at the end of a fraction. */
function timeOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return undefined;
  return value.replace(/(\.\d*?)0+(?=Z|[+-]\d\d:\d\d$)/, '$1').replace(/\.(?=Z|[+-])/, '');
}

function labelsOf(value: unknown): Readonly<Record<string, string>> | null {
  if (!isObject(value)) return null;
  const texts = Object.entries(value).map(([key, label]) => [key, textOf(label)] as const);
  return Object.fromEntries(texts.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
