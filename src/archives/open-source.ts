/** Opens an image outside registries, to be copied from. */
import type { ImageSource } from '../copy/image-source.ts';
import { openArchiveFile, openArchiveStream } from './archive-file.ts';
import { archiveUnreadable } from './archive-errors.ts';
import type { ArchivePorts } from './archive-ports.ts';
import { openDirSource } from './dir/dir-source.ts';
import { readDockerList } from './docker/docker-list.ts';
import { chooseDockerImage, openDockerSource } from './docker/docker-source.ts';
import type { FileTree } from './file-tree.ts';
import { openFolder } from './folder-tree.ts';
import { findImage } from './layout/choose-image.ts';
import { readLayoutIndex } from './layout/layout-index.ts';
import { openLayoutSource, sourceOf } from './layout/layout-source.ts';
import { formatTransport, type Transport } from './transport.ts';

/**
 * Opens an image.
 * @throws DevregError IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, ARCHIVE_UNREADABLE, CONTENT_WRONG, those of files and engines; the
 *   signal's reason
 */
export async function openArchiveSource(
  transport: Transport,
  ports: ArchivePorts,
  signal: AbortSignal,
): Promise<ImageSource> {
  const name = formatTransport(transport);
  switch (transport.kind) {
    case 'oci':
      return openLayoutSource(await openFolder(transport.path), transport, name);
    case 'dir':
      return openDirSource(await openFolder(transport.path), name);
    case 'oci-archive':
      return inTree(await openTree(transport.path, ports, signal), (tree) => openLayoutSource(tree, transport, name));
    case 'docker-archive':
      return inTree(await openTree(transport.path, ports, signal), (tree) =>
        openDockerOrLayout(tree, transport, name, signal),
      );
    case 'docker-daemon':
    case 'containers-storage':
      return openEngineSource(transport, ports, signal);
  }
}

/** The files of an archive; `-` for standard input. */
export function openTree(path: string, ports: ArchivePorts, signal: AbortSignal): Promise<FileTree> {
  if (path === '-') return openArchiveStream(ports.stdin, 'standard input', ports.spoolFolder, signal);
  return openArchiveFile(path, ports.spoolFolder, signal);
}

/** What opening an image in it fails with, closes the archive. */
async function inTree(tree: FileTree, open: (tree: FileTree) => Promise<ImageSource>): Promise<ImageSource> {
  try {
    return await open(tree);
  } catch (error) {
    await tree[Symbol.asyncDispose]();
    throw error;
  }
}

/** A layout in the archive has the image's manifest as it was pushed, so it is preferred to what Docker's list tells. */
async function openDockerOrLayout(
  tree: FileTree,
  transport: Pick<Transport, 'reference' | 'index'>,
  name: string,
  signal: AbortSignal,
): Promise<ImageSource> {
  const images = await readDockerList(tree);
  const index = await readLayoutIndex(tree);
  if (images === undefined) {
    if (index !== undefined) return openLayoutSource(tree, transport, name);
    throw archiveUnreadable(tree.name, 'it has no manifest.json, so it is no archive of docker save');
  }
  const image = chooseDockerImage(images, transport, tree.name);
  const entry = index === undefined ? undefined : findImage(index.entries, image.names, images.length === 1);
  return entry === undefined
    ? openDockerSource(tree, image, name, signal)
    : sourceOf(tree, index?.entries ?? [], entry, name);
}

async function openEngineSource(transport: Transport, ports: ArchivePorts, signal: AbortSignal): Promise<ImageSource> {
  const name = formatTransport(transport);
  const engine = await ports.engine(transport.kind === 'containers-storage' ? 'podman' : undefined);
  const archive = engine.saveImage(transport.reference ?? '', signal);
  const tree = await openArchiveStream(archive, name, ports.spoolFolder, signal);
  // The engine was asked for one image; whatever it calls it, that is the one.
  return inTree(tree, (saved) => openDockerOrLayout(saved, { reference: undefined, index: undefined }, name, signal));
}
