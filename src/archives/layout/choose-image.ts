/** Which image of a layout is meant. Pure. */
import type { Descriptor } from '../../oci/descriptor.ts';
import { parseDigest } from '../../oci/digest.ts';
import { formatReference, parseReference } from '../../oci/reference.ts';
import { imageAmbiguous, imageNotFound } from '../archive-errors.ts';
import type { Transport } from '../transport.ts';
import { CONTAINERD_NAME, namesOf, REF_NAME } from './layout-index.ts';

/** Tags by which clients attach things to a digest, and lists of them. */
const ATTACHED = /^sha(?:256|512)-[0-9a-f]{64,128}(?:\.[\w-]+)?$/;

/**
 * Chooses as containers/image does: by number, by digest, by the name in `org.opencontainers.image.ref.name`, or the
 * only one; besides by the full name that containerd knows it by. Things attached to images are passed over when
 * nothing was asked for.
 * @param place for sentences
 * @returns the entry; for a digest that is not in the list, undefined: it may be below one that is
 * @throws DevregError IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS
 */
export function chooseImage(
  entries: readonly Descriptor[],
  { reference, index }: Pick<Transport, 'reference' | 'index'>,
  place: string,
): Descriptor | undefined {
  if (index !== undefined) {
    const entry = entries[index];
    if (entry === undefined) throw imageNotFound(place, `image @${index}`);
    return entry;
  }
  if (reference === undefined) return chooseOnly(entries, place);
  const digest = parseDigest(reference);
  if (digest !== undefined) return entries.find((entry) => entry.digest === digest);
  const entry =
    entries.find(({ annotations }) => annotations?.[REF_NAME] === reference) ??
    entries.find(({ annotations }) => isSameName(annotations?.[CONTAINERD_NAME], reference));
  if (entry === undefined)
    throw imageNotFound(place, `image ${reference}`, listNames(entries.filter((other) => !isAttached(other))));
  return entry;
}

function chooseOnly(entries: readonly Descriptor[], place: string): Descriptor {
  const images = entries.length === 1 ? entries : entries.filter((entry) => !isAttached(entry));
  const [first] = images;
  if (first === undefined) throw imageNotFound(place, 'image');
  if (images.some(({ digest }) => digest !== first.digest)) throw imageAmbiguous(place, listNames(images));
  return first;
}

/** Whether an entry is there for another: by a tag of its digest, or because it names its subject. */
export function isAttached(entry: Descriptor): boolean {
  const names = namesOf(entry);
  return names.length === 0 ? entry.artifactType !== undefined : names.every((name) => ATTACHED.test(name));
}

/**
 * Finds an image of Docker's list in the layout that is in the same archive.
 * @param isOnly whether the archive has no other
 */
export function findImage(
  entries: readonly Descriptor[],
  names: readonly string[],
  isOnly: boolean,
): Descriptor | undefined {
  const images = entries.filter((entry) => !isAttached(entry));
  const sameName = (entry: Descriptor) =>
    names.some((name) => isSameName(entry.annotations?.[CONTAINERD_NAME] ?? entry.annotations?.[REF_NAME], name));
  const isOne = new Set(images.map(({ digest }) => digest)).size === 1;
  return images.find(sameName) ?? (isOnly && isOne ? images[0] : undefined);
}

function listNames(entries: readonly Descriptor[]): readonly string[] {
  return [...new Set(entries.flatMap((entry) => namesOf(entry).slice(0, 1)))];
}

/** Whether two texts name the same image, `app:1` and `docker.io/library/app:1` for instance. */
export function isSameName(one: string | undefined, other: string): boolean {
  if (one === undefined) return false;
  const [left, right] = [fullName(one), fullName(other)];
  return left !== undefined && left === right;
}

/** A name with nothing left out. @returns undefined for what is no reference */
export function fullName(text: string): string | undefined {
  const reference = parseReference(text);
  if (reference === undefined) return undefined;
  const name = formatReference(reference);
  return reference.tag === undefined && reference.digest === undefined ? `${name}:latest` : name;
}
