/** The image in a `dir:` folder, to be copied from. */
import type { ImageSource, Referrer, StoredManifest } from '../../copy/image-source.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { isProblem, parseManifest } from '../../oci/manifest.ts';
import { archiveUnreadable, contentWrong, imageNotFound, manifestAbsent } from '../archive-errors.ts';
import { checkContent } from '../checked-content.ts';
import type { FileTree } from '../file-tree.ts';
import { checkManifest } from '../layout/layout-source.ts';
import { readDocument } from '../small-files.ts';
import { contentFile, isManifestFile, manifestFile, ROOT_FILE, VERSION_FILE } from './dir-files.ts';
import { readSignatures } from './dir-signatures.ts';

/** Opens the image. @param name of the image, for sentences. @throws DevregError ARCHIVE_UNREADABLE */
export async function openDirSource(tree: FileTree, name: string): Promise<ImageSource> {
  const bytes = await readDocument(tree, ROOT_FILE);
  if (bytes === undefined) {
    const isEmptyDir = (await tree.find(VERSION_FILE)) !== undefined;
    throw isEmptyDir ? imageNotFound(tree.name, 'image') : archiveUnreadable(tree.name, `it has no ${ROOT_FILE}`);
  }
  const root = checkManifest(tree.name, digestOf(bytes), bytes);
  return {
    name,
    readRoot: async () => root,
    readManifest: async (digest) => (digest === root.digest ? root : readChild(tree, digest)),
    async openBlob(blob, _signal, offset = 0) {
      const file = await tree.find(contentFile(blob.digest));
      if (file === undefined) throw imageNotFound(tree.name, `content ${blob.digest}`);
      if (file.size !== blob.size) {
        throw contentWrong(tree.name, blob.digest, `it has ${file.size} bytes instead of ${blob.size}`);
      }
      return offset === 0 ? checkContent(file.open(), blob, tree.name) : file.open(offset);
    },
    readSignatures: () => readSignatures(tree, root.digest),
    listReferrers: (digest) => listReferrers(tree, digest),
    [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose](),
  };
}

async function readChild(tree: FileTree, digest: Digest): Promise<StoredManifest> {
  const bytes = await readDocument(tree, manifestFile(digest));
  if (bytes === undefined) throw manifestAbsent(tree.name, digest);
  return checkManifest(tree.name, digest, bytes);
}

/** Manifests that name their subject. The tags that others are attached by have no place in such a folder. */
async function listReferrers(tree: FileTree, subject: Digest): Promise<readonly Referrer[]> {
  const found: Referrer[] = [];
  for (const file of (await tree.list('')).filter(isManifestFile)) {
    const bytes = (await readDocument(tree, file)) ?? Buffer.alloc(0);
    const facts = parseManifest(bytes, '');
    if (isProblem(facts) || facts.subject !== subject) continue;
    const { mediaType, artifactType } = facts;
    const digest = digestOf(bytes);
    const descriptor = { mediaType, digest, size: bytes.length, ...(artifactType !== undefined && { artifactType }) };
    if (manifestFile(digest) === file) found.push({ descriptor, tag: undefined });
  }
  return found;
}
