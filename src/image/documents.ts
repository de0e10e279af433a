/** The documents of the image: configuration, manifest, and the lists by which engines and nodes find them. Pure. */
import { type Digest, digestOf, hexOf } from '../oci/digest.ts';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../oci/media-types.ts';
import { COMMAND_FOLDERS, CONTAINER_DEFAULTS } from './image-layout.ts';
import { type Layer, type LayerForm, layerMediaType } from './layer.ts';
import type { Platform } from './platform.ts';

/** What the configuration says besides what is always the same. */
export interface ConfigFacts {
  readonly version: string;
  readonly platform: Platform;
  /** Where the loader finds shared libraries. */
  readonly libraryFolders: readonly string[];
  readonly layers: readonly Pick<Layer, 'plain'>[];
}

/** Nothing in an image may depend on the time it was made at. */
const CREATED = '1970-01-01T00:00:00Z';

/** The configuration. @see https://github.com/opencontainers/image-spec/blob/main/config.md */
export function formatConfig({ version, platform, libraryFolders, layers }: ConfigFacts): Buffer {
  const libraries = libraryFolders.length === 0 ? [] : [`LD_LIBRARY_PATH=${libraryFolders.join(':')}`];
  return toBytes({
    created: CREATED,
    ...platform,
    config: {
      Env: [`PATH=${COMMAND_FOLDERS}`, ...libraries],
      ...CONTAINER_DEFAULTS,
      Labels: { 'org.opencontainers.image.title': 'devreg-registry', 'org.opencontainers.image.version': version },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ plain }) => plain.digest) },
    history: [
      { created: CREATED, created_by: 'devreg: Node and its libraries' },
      { created: CREATED, created_by: 'devreg: the registry' },
    ],
  });
}

/** The manifest. @see https://github.com/opencontainers/image-spec/blob/main/manifest.md */
export function formatManifest(config: Buffer, layers: readonly Layer[], form: LayerForm): Buffer {
  return toBytes({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: describe(OCI_CONFIG, config),
    layers: layers.map((layer) => ({ mediaType: layerMediaType(form), ...layer[form] })),
  });
}

/** The list containerd and podman read; containerd takes the name from its own annotation. */
export function formatIndex(manifest: Buffer, reference: string, platform: Platform): Buffer {
  const annotations = {
    'io.containerd.image.name': reference,
    'org.opencontainers.image.ref.name': reference,
  };
  return toBytes({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [{ ...describe(OCI_MANIFEST, manifest), platform, annotations }],
  });
}

/** The list Docker reads. @see https://github.com/moby/docker-image-spec */
export function formatDockerList(config: Buffer, layers: readonly Layer[], form: LayerForm, reference: string): Buffer {
  return toBytes([
    {
      Config: blobPath(digestOf(config)),
      RepoTags: [reference],
      Layers: layers.map((layer) => blobPath(layer[form].digest)),
    },
  ]);
}

/** The file that says which version of layouts this is. */
export const LAYOUT_VERSION = toBytes({ imageLayoutVersion: '1.0.0' });

/** Where a blob is in a layout. @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export function blobPath(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

function describe(mediaType: string, bytes: Buffer): object {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
