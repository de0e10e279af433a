/** Tells about one image what skopeo tells. */
import type { ImageSource, StoredManifest } from '../../copy/image-source.ts';
import { chooseRoot } from '../../copy/choose-root.ts';
import { readConfig } from '../../copy/read-config.ts';
import { DevregError } from '../../errors.ts';
import type { Platform } from '../../oci/descriptor.ts';
import { formatPlatform } from '../../oci/platform.ts';
import type { ImagePlace } from './image-place.ts';
import { type ImagePorts, openSource } from './image-ports.ts';
import { type ManifestParts, readObject, takeApart } from './manifest-parts.ts';
import { type InspectedImage, inspectedConfig, inspectedImage } from './skopeo-shape.ts';

/** What is asked about an image. */
export interface Inspection {
  /** Which image of an index. */
  readonly platform: Platform;
  /** Whether the tags of its repository are listed too. */
  readonly withTags: boolean;
}

/**
 * The manifest that a place leads to, to the byte.
 * @throws DevregError of the place; the signal's reason
 */
export async function readRaw(place: ImagePlace, ports: ImagePorts): Promise<StoredManifest> {
  await using source = await openSource(place, ports);
  return source.readRoot(ports.signal);
}

/**
 * The configuration of an image: to the byte, and as skopeo prints it.
 * @throws DevregError of the place, PLATFORM_ABSENT, CONFIG_ABSENT; the signal's reason
 */
export async function inspectConfig(
  place: ImagePlace,
  platform: Platform,
  ports: ImagePorts,
): Promise<{ readonly bytes: Uint8Array; readonly config: Readonly<Record<string, unknown>> }> {
  await using source = await openSource(place, ports);
  const { parts } = await chooseImage(source, platform, ports.signal);
  const bytes = await readConfig(configOf(parts, source), source, ports.signal);
  return { bytes, config: inspectedConfig(readObject(bytes)) };
}

/**
 * Inspects.
 * @throws DevregError of the place, PLATFORM_ABSENT, CONFIG_ABSENT; the signal's reason
 */
export async function inspectImage(
  place: ImagePlace,
  { platform, withTags }: Inspection,
  ports: ImagePorts,
): Promise<InspectedImage> {
  await using source = await openSource(place, ports);
  const root = await source.readRoot(ports.signal);
  const { manifest, parts } = await chooseImage(source, platform, ports.signal);
  const bytes = await readConfig(configOf(parts, source), source, ports.signal);
  return inspectedImage({
    name: nameOf(place),
    digest: root.digest,
    tags: withTags ? await tagsBeside(place, ports) : [],
    mediaType: manifest.mediaType,
    layers: parts.layers,
    config: readObject(bytes),
  });
}

async function chooseImage(
  source: ImageSource,
  platform: Platform,
  signal: AbortSignal,
): Promise<{ readonly manifest: StoredManifest; readonly parts: ManifestParts }> {
  const root = await source.readRoot(signal);
  const chosen = chooseRoot(root, [formatPlatform(platform)], source.name);
  const found = chosen.kind === 'child' ? await source.readManifest(chosen.descriptor.digest, signal) : chosen.manifest;
  // Of several that are as good, the first one counts.
  const [first] = takeApart(found, source.name).children;
  const manifest = first === undefined ? found : await source.readManifest(first.digest, signal);
  return { manifest, parts: takeApart(manifest, source.name) };
}

function configOf({ config }: ManifestParts, source: ImageSource): NonNullable<ManifestParts['config']> {
  if (config !== undefined) return config;
  throw new DevregError('failure', 'CONFIG_ABSENT', `${source.name} has no configuration: it is no image.`, {
    hint: 'devreg images inspect --raw shows what it is.',
  });
}

function nameOf(place: ImagePlace): string | undefined {
  return place.kind === 'archive' ? undefined : `${place.reference.registry}/${place.reference.repository}`;
}

async function tagsBeside(place: ImagePlace, { registries, signal }: ImagePorts): Promise<readonly string[]> {
  if (place.kind === 'archive') return [];
  const client = await registries.open(place.reference.registry, 'source');
  return Array.fromAsync(client.listTags(place.reference.repository, signal));
}
