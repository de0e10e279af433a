/** Writes images into one archive that every loader reads. */
import type { CopyChoice, CopyObserver, CopyResult } from '../../copy/copy-image.ts';
import type { TargetOptions } from '../../archives/archive-ports.ts';
import { formatReference } from '../../oci/reference.ts';
import { type ImagePlace, formatPlace, withTag } from './image-place.ts';
import { type ImagePorts, openSource } from './image-ports.ts';

/** One image of the archive. */
export interface ExportedImage {
  readonly name: string;
  readonly result: CopyResult;
}

/**
 * Writes the archive; before all images are there, nothing is at its place.
 * @param path `-` for standard output
 * @throws DevregError of registries and files; the signal's reason
 */
export async function exportImages(
  places: readonly ImagePlace[],
  path: string,
  options: Omit<TargetOptions, 'names'>,
  choice: CopyChoice,
  ports: ImagePorts,
  observer: CopyObserver,
): Promise<readonly ExportedImage[]> {
  await using archive = await ports.archives.openExport(path, options);
  const images: ExportedImage[] = [];
  for (const place of places) {
    const name = nameOf(place);
    await using source = await openSource(place, ports);
    await using target = archive.openTarget(name);
    images.push({ name, result: await ports.copyImage(source, target, choice, observer, ports.signal) });
  }
  await archive.finish(ports.signal);
  return images;
}

/** Loaders know images by names with tags. */
function nameOf(place: ImagePlace): string {
  if (place.kind === 'archive') return place.transport.reference ?? formatPlace(place);
  const { digest: _digest, ...named } = withTag(place.reference);
  return formatReference(named.tag === undefined ? withTag(named) : named);
}
