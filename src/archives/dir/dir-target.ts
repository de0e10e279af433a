/** A `dir:` folder, to be copied to. An image that is there stays until the new one is whole. */
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageTarget } from '../../copy/image-target.ts';
import { DevregError, translateFileErrors, translateReadErrors } from '../../errors.ts';
import { algorithmOf, type Digest, digestOf } from '../../oci/digest.ts';
import { createCheck } from '../checked-content.ts';
import { openFolder } from '../folder-tree.ts';
import { syncFolder, writeBytes, writeStream } from '../output/lasting-files.ts';
import { leaveTargetFolder, makeTargetFolder } from '../output/target-folder.ts';
import { removeLeftovers } from '../output/work-folder.ts';
import { readDocument } from '../small-files.ts';
import { contentFile, isOwnFile, manifestFile, ROOT_FILE, VERSION, VERSION_FILE } from './dir-files.ts';
import { signatureFiles } from './dir-signatures.ts';

const LASTING = { lasting: true };

/**
 * Opens a folder, and makes it when it is not there.
 * @param name of the image, for sentences
 * @throws DevregError TARGET_OCCUPIED when it has other things in it; those of the file system
 */
export async function openDirTarget(path: string, name: string): Promise<ImageTarget> {
  await makeTargetFolder(path);
  const root = await translateReadErrors(path, () => realpath(path));
  await translateFileErrors(`write in ${path}`, () => removeLeftovers(root));
  const isNew = await claimFolder(root, path);
  /** Files of this image: all others go when it is whole. */
  const own = new Set<string>();
  let signatures: ReadonlyMap<Digest, readonly Uint8Array[]> = new Map();
  const has = async (file: string, size: number) => (await (await openFolder(root)).find(file))?.size === size;
  return {
    name,
    async hasManifest(digest) {
      const bytes = await readDocument(await openFolder(root), manifestFile(digest));
      return bytes !== undefined && digestOf(bytes, algorithmOf(digest)) === digest && own.has(manifestFile(digest));
    },
    async claimBlob({ digest, size }) {
      own.add(contentFile(digest));
      return (await has(contentFile(digest), size)) ? 'there' : undefined;
    },
    async writeBlob(blob, open, signal) {
      const file = contentFile(blob.digest);
      own.add(file);
      await writeStream(join(root, file), [await open(0), createCheck(blob, path)], LASTING, signal);
    },
    async writeManifest({ digest, bytes }) {
      own.add(manifestFile(digest));
      await writeBytes(join(root, manifestFile(digest)), bytes, LASTING);
    },
    async writeSignatures(given) {
      signatures = given;
    },
    async finish({ digest, bytes }) {
      for (const [file, content] of signatureFiles(signatures, digest)) {
        own.add(file);
        await writeBytes(join(root, file), content, LASTING);
      }
      await syncFolder(root);
      await writeBytes(join(root, ROOT_FILE), bytes, LASTING);
      await syncFolder(root);
      own.delete(manifestFile(digest));
      await translateFileErrors(`write in ${path}`, () => removeOthers(root, own));
    },
    [Symbol.asyncDispose]: () => leave(root, isNew),
  };
}

/**
 * Marks an empty folder as one of an image; refuses one that has other things in it.
 * @returns whether it was empty
 */
async function claimFolder(root: string, path: string): Promise<boolean> {
  const names = await translateReadErrors(path, () => readdir(root));
  if (names.length === 0) {
    await writeBytes(join(root, VERSION_FILE), Buffer.from(VERSION), LASTING);
    return true;
  }
  const version = await readDocument(await openFolder(root), VERSION_FILE);
  if (version?.toString() === VERSION) return false;
  throw new DevregError('conflict', 'TARGET_OCCUPIED', `The folder ${path} has other things in it than an image.`, {
    hint: 'Choose an empty folder, or one that is not there yet.',
  });
}

/** Removes what was made for an image when nothing of it came; what came stays for the next try. */
async function leave(root: string, isNew: boolean): Promise<void> {
  const names = isNew ? await (await openFolder(root)).list('') : [];
  if (names.length === 1 && names[0] === VERSION_FILE) await rm(join(root, VERSION_FILE));
  await leaveTargetFolder(root);
}

async function removeOthers(root: string, own: ReadonlySet<string>): Promise<void> {
  const others = (await readdir(root)).filter((file) => isOwnFile(file) && !own.has(file));
  for (const file of others) await rm(join(root, file), { force: true });
}
