/** The manifest of an image in the other format: the same layers, by the names that they have there. Pure. */
import { DevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, digestOf } from '../../oci/digest.ts';
import { readDescriptors } from '../../oci/manifest-content.ts';
import type { StoredManifest } from '../image-source.ts';
import { type GoValue, formatGoJson } from './go-json.ts';
import { FORMAT_TYPES, type ImageFormat, layerTypeIn } from './image-formats.ts';

/** The parts of an image's manifest. */
export interface ImageParts {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly hasAnnotations: boolean;
}

/**
 * Takes the manifest of an image apart.
 * @param format that it is to be converted to
 * @throws DevregError CONVERSION_IMPOSSIBLE for artifacts, which only look like images
 */
export function readImageParts(manifest: StoredManifest, format: ImageFormat, name: string): ImageParts {
  const value: unknown = JSON.parse(new TextDecoder().decode(manifest.bytes));
  const [config] = readDescriptors(value, 'config') ?? [];
  const layers = readDescriptors(value, 'layers');
  const expected = FORMAT_TYPES[format === 'oci' ? 'v2s2' : 'oci'].config;
  if (config === undefined || layers === undefined || config.mediaType !== expected) {
    const what = config === undefined ? 'has no configuration' : `has a configuration of ${config.mediaType}`;
    throw conversionImpossible(name, format, `${manifest.digest} is no image: it ${what}`);
  }
  const isAnnotated = typeof value === 'object' && value !== null && 'annotations' in value;
  return {
    config,
    layers,
    hasAnnotations: isAnnotated || [config, ...layers].some(({ annotations }) => annotations !== undefined),
  };
}

/**
 * Makes the manifest as containers/image does, byte for byte.
 * @param config as it is in the other format; its media type is not looked at
 * @throws DevregError CONVERSION_IMPOSSIBLE for layers that the format does not have
 */
export function convertManifest(
  original: StoredManifest,
  { layers }: ImageParts,
  config: Pick<Descriptor, 'digest' | 'size' | 'urls'>,
  format: ImageFormat,
  name: string,
): StoredManifest {
  const types = FORMAT_TYPES[format];
  const converted = layers.map((layer) => {
    const mediaType = layerTypeIn(format, layer.mediaType);
    if (mediaType !== undefined) return { ...layer, mediaType };
    throw conversionImpossible(name, format, `there is nothing like its layer ${layer.digest}, a ${layer.mediaType}`);
  });
  const text = formatGoJson(
    new Map<string, GoValue>([
      ['schemaVersion', 2],
      ['mediaType', types.manifest],
      ['config', describe({ ...config, mediaType: types.config }, format)],
      ['layers', converted.map((layer) => describe(layer, format))],
    ]),
  );
  const bytes = Buffer.from(text);
  return { bytes, mediaType: types.manifest, digest: digestOf(bytes, algorithmOf(original.digest)) };
}

/** A descriptor with its fields in the order of either format; annotations have no place in Docker's. */
export function describe(
  { mediaType, digest, size, urls }: Pick<Descriptor, 'mediaType' | 'digest' | 'size' | 'urls'>,
  format: ImageFormat,
): Map<string, GoValue> {
  const fields: [string, GoValue][] = [
    ['digest', digest],
    ['size', size],
  ];
  return new Map<string, GoValue>([
    ['mediaType', mediaType],
    ...(format === 'oci' ? fields : fields.toReversed()),
    ...(urls === undefined || urls.length === 0 ? [] : [['urls', urls] as const]),
  ]);
}

/** An image or artifact stays what it is. @param why the end of a sentence */
export function conversionImpossible(name: string, format: ImageFormat, why: string): DevregError {
  const target = format === 'oci' ? "OCI's format" : "Docker's format";
  return new DevregError('failure', 'CONVERSION_IMPOSSIBLE', `${name} cannot be converted to ${target}: ${why}.`, {
    hint: 'Leave --format out: registries and loaders take both formats.',
  });
}
