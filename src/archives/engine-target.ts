/** An image in a container engine's store, to be copied to: it is loaded as one archive when it is whole. */
import type { StoredManifest } from '../copy/image-source.ts';
import type { ImageTarget } from '../copy/image-target.ts';
import type { ContainerEngine } from '../engine/engine.ts';
import type { Descriptor, Platform } from '../oci/descriptor.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../oci/media-types.ts';
import { imageNotFound } from './archive-errors.ts';
import { openDockerTarget } from './docker/docker-target.ts';
import { openFolder } from './folder-tree.ts';
import { blobPath, readDescriptor } from './layout/layout-index.ts';
import { fullNames } from './layout/layout-target.ts';
import { type ArchiveOutput, streamTar } from './output/archive-output.ts';
import { gatherArchive } from './output/gathering.ts';
import { asFields } from './small-files.ts';

/**
 * Opens a target.
 * @param names with nothing left out
 * @param name of the target, for sentences
 * @param workFolder where the archive is gathered
 */
export async function openEngineTarget(
  engine: ContainerEngine,
  names: readonly string[],
  name: string,
  platform: Platform,
  workFolder: string,
): Promise<ImageTarget> {
  const output: ArchiveOutput = {
    name,
    workFolder,
    write: (files, signal) => engine.loadImage(streamTar(files), signal),
  };
  const gathering = await gatherArchive(output, platform);
  const target = gathering.openTarget(fullNames(names), name);
  return {
    ...target,
    holdsOnly: [OCI_MANIFEST, DOCKER_MANIFEST],
    async finish(root, signal) {
      await target.finish(root, signal);
      const blobs = blobsOf(root);
      // Docker before 23 takes zstd for a damaged archive.
      const needsPlain = engine.kind === 'docker' && blobs.some(({ mediaType }) => mediaType.endsWith('+zstd'));
      if (!needsPlain) return await gathering.finish(signal);
      await using plain = await openDockerTarget(output, names, name);
      for (const blob of blobs) await plain.writeBlob(blob, () => openGathered(gathering.folder, blob), signal);
      await plain.finish(root, signal);
    },
    [Symbol.asyncDispose]: () => gathering[Symbol.asyncDispose](),
  };
}

/** The configuration and the layers of an image. */
function blobsOf({ bytes }: StoredManifest): readonly Descriptor[] {
  const { config, layers } = asFields(JSON.parse(Buffer.from(bytes).toString()));
  const values: readonly unknown[] = [config, ...(Array.isArray(layers) ? layers : [])];
  return values.map(readDescriptor).filter((blob) => blob !== undefined);
}

async function openGathered(folder: string, { digest }: Descriptor) {
  const file = await (await openFolder(folder)).find(blobPath(digest));
  if (file === undefined) throw imageNotFound(folder, `content ${digest}`);
  return file.open();
}
