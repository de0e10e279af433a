/** An image in an archive of `docker save`, to be copied from. */
import type { Readable } from 'node:stream';
import type { ImageSource } from '../../copy/image-source.ts';
import { type Digest, digestOf, parseDigest } from '../../oci/digest.ts';
import { OCI_CONFIG, OCI_MANIFEST } from '../../oci/media-types.ts';
import { archiveUnreadable, contentWrong, imageAmbiguous, imageNotFound } from '../archive-errors.ts';
import { checkContent } from '../checked-content.ts';
import type { FileTree, TreeFile } from '../file-tree.ts';
import { isSameName } from '../layout/choose-image.ts';
import { asFields, asTexts, parseDocument, readAll } from '../small-files.ts';
import type { Transport } from '../transport.ts';
import { describeLayer } from './docker-layers.ts';
import type { DockerImage } from './docker-list.ts';

/** Chooses by name or number, or the only one. @throws DevregError IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS */
export function chooseDockerImage(
  images: readonly DockerImage[],
  { reference, index }: Pick<Transport, 'reference' | 'index'>,
  place: string,
): DockerImage {
  const known = images.flatMap(({ names }) => names);
  if (index === undefined && reference === undefined && images.length > 1) throw imageAmbiguous(place, known);
  const chosen =
    reference === undefined
      ? images[index ?? 0]
      : images.find(({ names }) => names.some((name) => isSameName(name, reference)));
  if (chosen !== undefined) return chosen;
  throw imageNotFound(place, index === undefined ? `image ${reference ?? ''}`.trim() : `image @${index}`, known);
}

/**
 * Opens an image. Its manifest, which such archives do not have, is made as Docker does since version 25: OCI's, with
 * the layers as they are in the archive, so that the same archive always has the same digest.
 * @param name of the image, for sentences
 * @throws DevregError ARCHIVE_UNREADABLE, CONTENT_WRONG; the signal's reason
 */
export async function openDockerSource(
  tree: FileTree,
  image: DockerImage,
  name: string,
  signal: AbortSignal,
): Promise<ImageSource> {
  const config = await readConfig(tree, image);
  const files = new Map<Digest, TreeFile>([[config.digest, config.file]]);
  const layers = [];
  for (const [number, plainDigest] of config.plainDigests.entries()) {
    const { descriptor, file } = await describeLayer(tree, image.layers[number] ?? '', plainDigest, signal);
    files.set(descriptor.digest, file);
    layers.push(descriptor);
  }
  const { digest, size } = config;
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest, size },
    layers,
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const root = { bytes, mediaType: OCI_MANIFEST, digest: digestOf(bytes) };
  return {
    name,
    readRoot: async () => root,
    async readManifest(wanted) {
      if (wanted !== root.digest) throw imageNotFound(tree.name, `manifest ${wanted}`);
      return root;
    },
    async openBlob(blob, _signal, offset = 0): Promise<Readable> {
      const file = files.get(blob.digest);
      if (file === undefined) throw imageNotFound(tree.name, `content ${blob.digest}`);
      if (file.size !== blob.size) {
        throw contentWrong(tree.name, blob.digest, `it has ${file.size} bytes instead of ${blob.size}`);
      }
      return offset === 0 ? checkContent(file.open(), blob, tree.name) : file.open(offset);
    },
    listReferrers: async () => [],
    [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose](),
  };
}

interface Config {
  readonly digest: Digest;
  readonly size: number;
  readonly file: TreeFile;
  readonly plainDigests: readonly Digest[];
}

async function readConfig(tree: FileTree, image: DockerImage): Promise<Config> {
  const file = await tree.find(image.config);
  if (file === undefined) throw archiveUnreadable(tree.name, `it has no configuration ${image.config}`);
  const bytes = await readAll(tree, image.config, file);
  const plainDigests = readPlainDigests(parseDocument(tree, image.config, bytes));
  if (plainDigests?.length !== image.layers.length) {
    throw archiveUnreadable(tree.name, `its configuration ${image.config} does not fit its layers`);
  }
  return { digest: digestOf(bytes), size: bytes.length, file, plainDigests };
}

/** The digests of the layers as a configuration has them. @returns undefined when it has none that make sense */
export function readPlainDigests(config: unknown): readonly Digest[] | undefined {
  const texts = asTexts(asFields(asFields(config)['rootfs'])['diff_ids'] ?? []);
  const digests = texts?.map(parseDigest).filter((digest) => digest !== undefined);
  return digests !== undefined && digests.length === texts?.length ? digests : undefined;
}
