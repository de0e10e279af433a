/** What the recipes about images are given: registries, places outside of them, and the copying itself. */
import type { TargetOptions } from '../../archives/archive-ports.ts';
import type { ImageArchive, ImageExport } from '../../archives/open-archive.ts';
import type { Transport } from '../../archives/transport.ts';
import type { RegistryClient } from '../../client/registry/registry-client.ts';
import type { CopyImage } from '../../copy/copy-image.ts';
import type { ImageSource } from '../../copy/image-source.ts';
import type { ImageTarget } from '../../copy/image-target.ts';
import type { Reference } from '../../oci/reference.ts';
import type { ImagePlace } from './image-place.ts';

/** Which options count for a registry: those for where images come from, or for where they go. */
export type Side = 'source' | 'target';

/** Registries by their hosts; each is opened once for each side. */
export interface Registries extends AsyncDisposable {
  /** @throws DevregError of reading credentials and certificates */
  open(host: string, side: Side): Promise<RegistryClient>;
}

/** Places outside registries. Errors are those of the room. */
export interface Archives {
  openSource(transport: Transport): Promise<ImageSource>;
  openTarget(transport: Transport, options: TargetOptions): Promise<ImageTarget>;
  open(path: string): Promise<ImageArchive>;
  openExport(path: string, options: Omit<TargetOptions, 'names'>): Promise<ImageExport>;
}

/** All of it. */
export interface ImagePorts {
  readonly registries: Registries;
  readonly archives: Archives;
  readonly copyImage: CopyImage;
  readonly openImage: (client: RegistryClient, reference: Reference) => ImageSource & ImageTarget;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Opens an image to be read. */
export async function openSource(
  place: ImagePlace,
  { registries, archives, openImage }: Pick<ImagePorts, 'registries' | 'archives' | 'openImage'>,
): Promise<ImageSource> {
  if (place.kind === 'archive') return archives.openSource(place.transport);
  return openImage(await registries.open(place.reference.registry, 'source'), place.reference);
}

/** Opens a place to copy an image to. */
export async function openTarget(
  place: ImagePlace,
  options: TargetOptions,
  { registries, archives, openImage }: Pick<ImagePorts, 'registries' | 'archives' | 'openImage'>,
): Promise<ImageTarget> {
  if (place.kind === 'archive') return archives.openTarget(place.transport, options);
  return openImage(await registries.open(place.reference.registry, 'target'), place.reference);
}
