/** An image in an OCI layout, to be copied from. */
import type { ImageSource, Referrer, StoredManifest } from '../../copy/image-source.ts';
import type { DevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest, digestOf, parseDigest } from '../../oci/digest.ts';
import { isProblem, parseManifest } from '../../oci/manifest.ts';
import { archiveUnreadable, contentWrong, imageNotFound, manifestAbsent } from '../archive-errors.ts';
import { checkContent } from '../checked-content.ts';
import type { FileTree } from '../file-tree.ts';
import { readAll } from '../small-files.ts';
import type { Transport } from '../transport.ts';
import { chooseImage } from './choose-image.ts';
import { blobPath, INDEX_FILE, LAYOUT_FILE, readLayoutIndex } from './layout-index.ts';
import { listLayoutReferrers } from './layout-referrers.ts';

/** Reads a manifest and checks it. @throws DevregError IMAGE_NOT_FOUND, CONTENT_WRONG, ARCHIVE_UNREADABLE */
async function readLayoutManifest(tree: FileTree, digest: Digest): Promise<StoredManifest> {
  const file = await tree.find(blobPath(digest));
  if (file === undefined) throw manifestAbsent(tree.name, digest);
  return checkManifest(tree.name, digest, await readAll(tree, blobPath(digest), file));
}

/** Holds a manifest's bytes against its digest, and finds out what it is. */
export function checkManifest(name: string, digest: Digest, bytes: Buffer, mediaType = ''): StoredManifest {
  const is = digestOf(bytes, algorithmOf(digest));
  if (is !== digest) throw contentWrong(name, digest, `its digest is ${is}`);
  const facts = parseManifest(bytes, mediaType);
  if (isProblem(facts)) throw archiveUnreadable(name, `the manifest ${digest} cannot be used: ${facts.problem}`);
  return { bytes, mediaType: facts.mediaType, digest };
}

/**
 * Opens an image.
 * @param name of the image, for sentences
 * @throws DevregError ARCHIVE_UNREADABLE, IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS
 */
export async function openLayoutSource(
  tree: FileTree,
  choice: Pick<Transport, 'reference' | 'index'>,
  name: string,
): Promise<ImageSource> {
  const index = await readLayoutIndex(tree);
  if (index === undefined) throw await noIndex(tree);
  const entry = chooseImage(index.entries, choice, tree.name);
  const digest = entry?.digest ?? parseDigest(choice.reference ?? '');
  if (digest === undefined) throw imageNotFound(tree.name, 'image');
  return sourceOf(tree, index.entries, { digest, mediaType: entry?.mediaType ?? '' }, name);
}

/** A layout without its list has no images yet. */
async function noIndex(tree: FileTree): Promise<DevregError> {
  if ((await tree.find(LAYOUT_FILE)) !== undefined) return imageNotFound(tree.name, 'image');
  return archiveUnreadable(tree.name, `it has no ${INDEX_FILE}, so it is no OCI layout`);
}

/** The source of an entry that is known. */
export function sourceOf(
  tree: FileTree,
  entries: readonly Descriptor[],
  root: Pick<Descriptor, 'digest' | 'mediaType'>,
  name: string,
): ImageSource {
  let referrers: Promise<ReadonlyMap<Digest, readonly Referrer[]>> | undefined;
  return {
    name,
    async readRoot() {
      const manifest = await readLayoutManifest(tree, root.digest);
      return checkManifest(tree.name, root.digest, Buffer.from(manifest.bytes), root.mediaType);
    },
    readManifest: (digest) => readLayoutManifest(tree, digest),
    async openBlob(blob, _signal, offset = 0) {
      const file = await tree.find(blobPath(blob.digest));
      if (file === undefined) throw imageNotFound(tree.name, `content ${blob.digest}`);
      if (file.size !== blob.size) {
        throw contentWrong(tree.name, blob.digest, `it has ${file.size} bytes instead of ${blob.size}`);
      }
      return offset === 0 ? checkContent(file.open(), blob, tree.name) : file.open(offset);
    },
    async listReferrers(digest) {
      referrers ??= listLayoutReferrers(tree, entries);
      return (await referrers).get(digest) ?? [];
    },
    [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose](),
  };
}
