/** Reads an archive or folder of any kind, and puts its images into a registry. */
import type { CopyChoice, CopyObserver, CopyResult } from '../../copy/copy-image.ts';
import { DevregError } from '../../errors.ts';
import { type Reference, formatReference, parseReference } from '../../oci/reference.ts';
import type { ImagePorts } from './image-ports.ts';

/** Where the images go. */
export interface ImportWish {
  /** The place of an image by the name it has in the archive. */
  readonly placeOf: (name: string) => Reference;
  /** The place of the only image, whatever it is called there. */
  readonly only: Reference | undefined;
}

/** One image. */
export interface ImportedImage {
  /** As the archive calls it; undefined: not at all. */
  readonly name: string | undefined;
  readonly target: string;
  readonly result: CopyResult;
}

/**
 * Imports all images of an archive, under each of their names.
 * @param path a file or folder, or `-` for standard input
 * @throws DevregError ARCHIVE_UNREADABLE, IMAGE_UNNAMED, IMAGES_SEVERAL, those of the registry; the signal's reason
 */
export async function importImages(
  path: string,
  wish: ImportWish,
  choice: CopyChoice,
  ports: ImagePorts,
  observer: CopyObserver,
): Promise<readonly ImportedImage[]> {
  await using archive = await ports.archives.open(path);
  if (wish.only !== undefined && archive.images.length !== 1) throw several(path, archive.images.length);
  const imported: ImportedImage[] = [];
  for (const image of archive.images) {
    const targets =
      wish.only === undefined
        ? image.names.map((name) => place(name, wish, path))
        : [place(image.names[0], wish, path)];
    if (targets.length === 0) throw nameMissing(path);
    for (const { name, reference } of targets) {
      const client = await ports.registries.open(reference.registry, 'target');
      await using source = await image.open(ports.signal);
      await using target = ports.openImage(client, reference);
      const result = await ports.copyImage(source, target, choice, observer, ports.signal);
      imported.push({ name, target: formatReference(reference), result });
    }
  }
  return imported;
}

function place(
  name: string | undefined,
  { only, placeOf }: ImportWish,
  path: string,
): { readonly name: string | undefined; readonly reference: Reference } {
  if (only !== undefined) return { name, reference: only };
  // A bare tag is the name of nothing.
  if (name === undefined || !/[/:]/.test(name) || parseReference(name) === undefined) throw nameMissing(path);
  return { name, reference: placeOf(name) };
}

function nameMissing(path: string): DevregError {
  return new DevregError('usage', 'IMAGE_UNNAMED', `${path} does not say what its image is called.`, {
    hint: 'Name it after the archive: devreg images import FILE @NAME:TAG.',
  });
}

function several(path: string, count: number): DevregError {
  return new DevregError('usage', 'IMAGES_SEVERAL', `${path} has ${count} images, and one name was given.`, {
    hint: 'Leave the name out: each keeps its own. devreg images copy takes a single one of them.',
  });
}
