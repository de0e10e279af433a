/** What is attached to the images of a layout. */
import type { Referrer } from '../../copy/image-source.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, parseDigest } from '../../oci/digest.ts';
import { isProblem, parseManifest } from '../../oci/manifest.ts';
import { isIndex } from '../../oci/media-types.ts';
import type { FileTree } from '../file-tree.ts';
import { asFields, parseDocument, readDocument } from '../small-files.ts';
import { blobPath, readDescriptor, REF_NAME } from './layout-index.ts';

/** `sha256-<hex>`: a list of referrers; with an ending, such as `.sig`: something attached by this tag. */
const ATTACHED = /^(sha256|sha512)-([0-9a-f]+)(\..+)?$/;

/**
 * Finds referrers: entries that name their subject, those in lists tagged `sha256-<hex>` as regctl keeps them, and
 * entries with tags such as `sha256-<hex>.sig`.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 * @returns them by what they are attached to
 */
export async function listLayoutReferrers(
  tree: FileTree,
  entries: readonly Descriptor[],
): Promise<ReadonlyMap<Digest, readonly Referrer[]>> {
  const found = new Map<Digest, Map<string, Referrer>>();
  const add = (subject: Digest, descriptor: Descriptor, tag: string | undefined): void => {
    const those = found.get(subject) ?? new Map<string, Referrer>();
    const key = `${descriptor.digest} ${tag ?? ''}`;
    if (!those.has(key)) those.set(key, { descriptor, tag });
    found.set(subject, those);
  };
  for (const entry of entries) {
    const attached = subjectOfTag(entry.annotations?.[REF_NAME]);
    if (attached?.isList === true) {
      for (const child of await readChildren(tree, entry)) add(attached.subject, child, undefined);
      continue;
    }
    const { annotations: _names, ...plain } = entry;
    if (attached !== undefined) add(attached.subject, plain, attached.tag);
    const subject = await readSubject(tree, entry);
    if (subject !== undefined) add(subject, plain, undefined);
  }
  return new Map([...found].map(([subject, those]) => [subject, [...those.values()]]));
}

interface Attachment {
  readonly subject: Digest;
  readonly tag: string;
  readonly isList: boolean;
}

function subjectOfTag(tag: string | undefined): Attachment | undefined {
  const [, algorithm, hex, ending] = ATTACHED.exec(tag ?? '') ?? [];
  const subject = parseDigest(`${algorithm}:${hex}`);
  return subject === undefined || tag === undefined ? undefined : { subject, tag, isList: ending === undefined };
}

async function readChildren(tree: FileTree, { digest, mediaType }: Descriptor): Promise<readonly Descriptor[]> {
  const bytes = isIndex(mediaType) ? await readDocument(tree, blobPath(digest)) : undefined;
  const children = bytes === undefined ? [] : asFields(parseDocument(tree, digest, bytes))['manifests'];
  return Array.isArray(children) ? children.map(readDescriptor).filter((child) => child !== undefined) : [];
}

async function readSubject(tree: FileTree, { digest }: Descriptor): Promise<Digest | undefined> {
  const bytes = await readDocument(tree, blobPath(digest));
  const facts = bytes === undefined ? undefined : parseManifest(bytes, '');
  return facts === undefined || isProblem(facts) ? undefined : facts.subject;
}
