/** An image in an OCI layout, to be copied to. */
import { Readable } from 'node:stream';
import type { StoredManifest } from '../../copy/image-source.ts';
import type { ImageTarget } from '../../copy/image-target.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, digestOf } from '../../oci/digest.ts';
import { isProblem, parseManifest } from '../../oci/manifest.ts';
import { readDocument } from '../small-files.ts';
import { parseReference } from '../../oci/reference.ts';
import type { NewEntry } from './add-entry.ts';
import type { LayoutFolder } from './layout-folder.ts';
import { blobPath } from './layout-index.ts';

/** What an image is called there. */
export type LayoutName = Pick<NewEntry, 'refName' | 'fullName'>;

/** Full names, with their tags for readers that look for short ones. */
export function fullNames(names: readonly string[]): readonly LayoutName[] {
  return names.map((name) => ({ fullName: name, refName: parseReference(name)?.tag ?? name }));
}

/**
 * A target in a layout.
 * @param names in the order they shall have in the list; none: it has no name
 * @param name for sentences
 * @param list puts the image into the list; the folder's own when absent
 */
export function createLayoutTarget(
  folder: LayoutFolder,
  names: readonly LayoutName[],
  name: string,
  list: (entries: readonly NewEntry[]) => Promise<void> = (entries) => folder.list(entries),
): ImageTarget {
  const writeManifest = async (manifest: StoredManifest): Promise<void> => {
    const { digest, bytes } = manifest;
    const blob = { digest, size: bytes.length };
    if (!(await folder.has(blob))) await folder.write(blob, Readable.from([Buffer.from(bytes)], { objectMode: false }));
  };
  return {
    name,
    async hasManifest(digest) {
      const bytes = await readDocument(folder.tree, blobPath(digest));
      return bytes !== undefined && digestOf(bytes, algorithmOf(digest)) === digest;
    },
    claimBlob: async (blob) => ((await folder.has(blob)) ? 'there' : undefined),
    async writeBlob(blob, open, signal) {
      await folder.write(blob, await open(0), signal);
    },
    async writeManifest(manifest, tags) {
      await writeManifest(manifest);
      // What names its subject is found by the list alone.
      const refers = describe(manifest).artifactType !== undefined;
      const added = tags.length === 0 && refers ? [undefined] : tags;
      if (added.length > 0) await list(added.map((tag) => entryOf(manifest, tag, undefined)));
    },
    async finish(root) {
      await writeManifest(root);
      const all = names.length === 0 ? [{ refName: undefined, fullName: undefined }] : names;
      await list(all.map(({ refName, fullName }) => entryOf(root, refName, fullName)));
    },
    [Symbol.asyncDispose]: () => folder.leave(),
  };
}

function entryOf(manifest: StoredManifest, refName: string | undefined, fullName: string | undefined): NewEntry {
  return { descriptor: describe(manifest), refName, fullName };
}

/** With what it is an artifact of, when it refers to another image. */
function describe({ bytes, mediaType, digest }: StoredManifest): Descriptor {
  const facts = parseManifest(bytes, mediaType);
  const refers = !isProblem(facts) && facts.subject !== undefined ? (facts.artifactType ?? mediaType) : undefined;
  return { mediaType, digest, size: bytes.length, ...(refers !== undefined && { artifactType: refers }) };
}
