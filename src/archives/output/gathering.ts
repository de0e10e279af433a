/** Several images for one archive that every loader reads. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageTarget } from '../../copy/image-target.ts';
import type { Platform } from '../../oci/descriptor.ts';
import { type Digest, parseDigest } from '../../oci/digest.ts';
import type { NewEntry } from '../layout/add-entry.ts';
import { openLayoutFolder } from '../layout/layout-folder.ts';
import { createLayoutTarget, type LayoutName } from '../layout/layout-target.ts';
import type { ArchiveOutput } from './archive-output.ts';
import { listExportFiles } from './export-files.ts';
import { makeWorkFolder } from './work-folder.ts';

/** An archive that is being gathered. */
export interface Gathering extends AsyncDisposable {
  /** The layout that it is gathered in. */
  readonly folder: string;
  /** @param name for sentences */
  openTarget(names: readonly LayoutName[], name: string): ImageTarget;
  /** Writes the archive. @throws DevregError of the place; the signal's reason */
  finish(signal: AbortSignal): Promise<void>;
}

/** Gathers contents beside the archive's place until all images are there. @throws DevregError of the file system */
export async function gatherArchive(output: ArchiveOutput, platform: Platform): Promise<Gathering> {
  const work = await makeWorkFolder(output.workFolder);
  const folder = await openLayoutFolder(work.path, { lasting: false });
  const added: NewEntry[] = [];
  const list = async (entries: readonly NewEntry[]) => void added.push(...entries);
  return {
    folder: folder.path,
    openTarget: (names, name) => createLayoutTarget(folder, names, name, list),
    async finish(signal) {
      const blobs = await listBlobs(folder.path);
      const files = await listExportFiles(folder.path, added, blobs, platform);
      await output.write(files, signal);
    },
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

async function listBlobs(folder: string): Promise<readonly Digest[]> {
  const algorithms = await readdir(join(folder, 'blobs'));
  const lists = algorithms.map(async (algorithm) => {
    const names = await readdir(join(folder, 'blobs', algorithm));
    return names.map((hex) => parseDigest(`${algorithm}:${hex}`)).filter((digest) => digest !== undefined);
  });
  return (await Promise.all(lists)).flat();
}

/** A target that is an archive's only image: it is written when the image is whole. */
export async function gatherOneImage(
  output: ArchiveOutput,
  platform: Platform,
  names: readonly LayoutName[],
  name: string,
): Promise<ImageTarget> {
  const gathering = await gatherArchive(output, platform);
  const target = gathering.openTarget(names, name);
  return {
    ...target,
    async finish(root, signal) {
      await target.finish(root, signal);
      await gathering.finish(signal);
    },
    [Symbol.asyncDispose]: () => gathering[Symbol.asyncDispose](),
  };
}
