/** The registry's own container image, assembled from the Node that runs and the bundle: nothing is pulled. */
import { Readable } from 'node:stream';
import { digestOf, hexOf } from '../oci/digest.ts';
import type { Runner } from '../process/runner.ts';
import { type ArchiveFile, withFolders } from '../tar/archive-file.ts';
import { bundleLayerFiles } from './bundle-files.ts';
import { LAYOUT_VERSION, blobPath, formatConfig, formatDockerList, formatIndex, formatManifest } from './documents.ts';
import { type Layer, type LayerForm, buildSmallLayer } from './layer.ts';
import { libraryFolders } from './node-files.ts';
import { ensureNodeLayer } from './node-layer.ts';
import { type Platform, platformOf } from './platform.ts';
import { writeTar } from '../tar/write-tar.ts';

/** An image that can be loaded. */
export interface RegistryImage {
  /** Its name for nodes and pods: `localhost/devreg-registry:<version>-<12 hex digits of the content>`. */
  readonly reference: string;
  /** The digest of its configuration, which follows from the content alone; Docker's image id. */
  readonly configDigest: string;
  /**
   * An OCI layout as a tar archive, also with the list that `docker load` reads.
   * @param form `zstd` for nodes (a third of the bytes; default), `plain` for engines: Docker before 23 knows no zstd
   */
  readonly open: (form?: LayerForm) => Readable;
}

/** What the image is made of. */
export interface ImageParts {
  /** devreg's version. */
  readonly version: string;
  /** Where the layer with Node is kept; made when it is not there. */
  readonly cacheFolder: string;
  /** devreg's own folder, with `dist/` and `bin/`. */
  readonly packageFolder: string;
  /** The Node that goes in: `process.execPath`, `process.platform`, `process.arch`. */
  readonly node: { readonly path: string; readonly platform: string; readonly architecture: string };
  readonly runner: Pick<Runner, 'run'>;
}

/** Digits of the content's digest in the name. */
const DIGITS = 12;

/**
 * Assembles the image; milliseconds when the layer with Node is in the cache.
 * @throws DevregError IMAGE_NEEDS_LINUX, NODE_LIBRARIES_UNKNOWN, NOT_BUILT, IMAGE_INPUT_CHANGED, or when the file
 *   system refuses
 */
export async function ensureRegistryImage(parts: ImageParts): Promise<RegistryImage> {
  const { version, cacheFolder, packageFolder, node, runner } = parts;
  const platform = platformOf(node.platform, node.architecture);
  const bundleLayer = await buildSmallLayer(await bundleLayerFiles(packageFolder));
  const nodeLayer = await ensureNodeLayer(node.path, cacheFolder, runner);
  const layers = [nodeLayer, bundleLayer];
  const config = formatConfig({ version, platform, libraryFolders: libraryFolders(nodeLayer.files), layers });
  const configDigest = digestOf(config);
  const reference = `localhost/devreg-registry:${toTag(version)}-${hexOf(configDigest).slice(0, DIGITS)}`;
  return { reference, configDigest, open: (form = 'zstd') => archive({ reference, platform, config, layers, form }) };
}

interface ArchiveParts {
  readonly reference: string;
  readonly platform: Platform;
  readonly config: Buffer;
  readonly layers: readonly Layer[];
  readonly form: LayerForm;
}

function archive({ reference, platform, config, layers, form }: ArchiveParts): Readable {
  const manifest = formatManifest(config, layers, form);
  const files: ArchiveFile[] = [
    text('index.json', formatIndex(manifest, reference, platform)),
    text('manifest.json', formatDockerList(config, layers, form, reference)),
    text('oci-layout', LAYOUT_VERSION),
    text(blobPath(digestOf(config)), config),
    text(blobPath(digestOf(manifest)), manifest),
    ...layers.map((layer) => layerEntry(layer, form)),
  ];
  return Readable.from(writeTar(withFolders(files)), { objectMode: false });
}

function layerEntry(layer: Layer, form: LayerForm): ArchiveFile {
  const { digest, size } = layer[form];
  return { kind: 'stream', path: blobPath(digest), mode: 0o644, length: size, open: () => layer.open(form) };
}

function text(path: string, bytes: Buffer): ArchiveFile {
  return { kind: 'bytes', path, mode: 0o644, bytes };
}

/** Of a version with build metadata, `+` is no character of tags. */
function toTag(version: string): string {
  return version.replaceAll(/[^\w.-]/g, '_');
}
