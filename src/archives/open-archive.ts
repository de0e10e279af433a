/** Opens a whole archive or folder: all images of one that is there, or a new one for several images. */
import { stat } from 'node:fs/promises';
import type { ImageTarget } from '../copy/image-target.ts';
import { translateReadErrors } from '../errors.ts';
import type { ArchivePorts, TargetOptions } from './archive-ports.ts';
import type { FileTree } from './file-tree.ts';
import { openFolder } from './folder-tree.ts';
import { type ArchivedImage, listArchivedImages } from './archived-images.ts';
import { fullNames } from './layout/layout-target.ts';
import { localPlatform, openOutput } from './open-target.ts';
import { openTree } from './open-source.ts';
import { gatherArchive } from './output/gathering.ts';

/** A folder or archive with its images. */
export interface ImageArchive extends AsyncDisposable {
  readonly images: readonly ArchivedImage[];
}

/** Several images for one archive. */
export interface ImageExport extends AsyncDisposable {
  /** @param name with nothing left out: `localhost:5001/app:1` */
  openTarget(name: string): ImageTarget;
  /** Writes the archive; before, nothing is at its place. @throws DevregError of the place; the signal's reason */
  finish(signal: AbortSignal): Promise<void>;
}

/**
 * Opens a folder or archive of any kind, which is seen from its content.
 * @param path `-` for standard input
 * @throws DevregError ARCHIVE_UNREADABLE, those of files; the signal's reason
 */
export async function openArchive(path: string, ports: ArchivePorts, signal: AbortSignal): Promise<ImageArchive> {
  const tree = await openAny(path, ports, signal);
  try {
    const images = await listArchivedImages(tree, signal);
    return { images, [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose]() };
  } catch (error) {
    await tree[Symbol.asyncDispose]();
    throw error;
  }
}

async function openAny(path: string, ports: ArchivePorts, signal: AbortSignal): Promise<FileTree> {
  if (path === '-') return openTree(path, ports, signal);
  const facts = await translateReadErrors(path, () => stat(path));
  return facts.isDirectory() ? openFolder(path) : openTree(path, ports, signal);
}

/**
 * Begins an archive for several images, which every loader reads.
 * @param path a file, or `-` for standard output
 * @throws DevregError ARCHIVE_EXISTS, those of files
 */
export async function openExport(
  path: string,
  options: Omit<TargetOptions, 'names'>,
  ports: ArchivePorts,
): Promise<ImageExport> {
  const output = await openOutput(path, { overwrite: true, ...options }, ports);
  const gathering = await gatherArchive(output, options.platform ?? localPlatform());
  return {
    openTarget: (name) => gathering.openTarget(fullNames([name]), `${output.name}:${name}`),
    finish: (signal) => gathering.finish(signal),
    [Symbol.asyncDispose]: () => gathering[Symbol.asyncDispose](),
  };
}
