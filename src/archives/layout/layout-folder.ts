/** An OCI layout on disk, as far as it is written: blobs first, then the list that names them. */
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { translateFileErrors, translateReadErrors } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf } from '../../oci/digest.ts';
import { createCheck } from '../checked-content.ts';
import type { FileTree } from '../file-tree.ts';
import { openFolder } from '../folder-tree.ts';
import { type FileWriting, syncFolder, writeBytes, writeStream } from '../output/lasting-files.ts';
import { leaveTargetFolder, makeTargetFolder } from '../output/target-folder.ts';
import { removeLeftovers } from '../output/work-folder.ts';
import { addEntry, type NewEntry } from './add-entry.ts';
import {
  blobPath,
  EMPTY_INDEX,
  formatLayoutIndex,
  INDEX_FILE,
  LAYOUT_FILE,
  LAYOUT_VERSION,
  readLayoutIndex,
} from './layout-index.ts';

/** Lists are changed one after the other, also by several copies of one process into one layout. */
const turns = new Map<string, Promise<unknown>>();

/** Contents and list of one layout. */
export class LayoutFolder {
  readonly path: string;
  /** What is in it by now. */
  readonly tree: FileTree;
  readonly #writing: FileWriting;

  /** Of a folder that `openLayoutFolder` made. */
  constructor(path: string, tree: FileTree, writing: FileWriting) {
    this.path = path;
    this.tree = tree;
    this.#writing = writing;
  }

  /** Whether a content of this size is there: what has the name of a digest was checked before it got it. */
  async has({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): Promise<boolean> {
    return (await this.tree.find(blobPath(digest)))?.size === size;
  }

  /** @throws DevregError CONTENT_WRONG, those of the file system; the signal's reason */
  async write(blob: Pick<Descriptor, 'digest' | 'size'>, content: Readable, signal?: AbortSignal): Promise<void> {
    await makeTargetFolder(join(this.path, 'blobs', algorithmOf(blob.digest)));
    const path = join(this.path, blobPath(blob.digest));
    await writeStream(path, [content, createCheck(blob, this.path)], this.#writing, signal);
    await this.#mark();
  }

  /** Puts images into the list, all at once. Everything they name lasts from then on. */
  async list(added: readonly NewEntry[]): Promise<void> {
    const before = turns.get(this.path) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => this.#change(added));
    turns.set(this.path, turn);
    try {
      await turn;
    } finally {
      if (turns.get(this.path) === turn) turns.delete(this.path);
    }
  }

  /** Removes what was made for images when none came: folders in which nothing is. Contents stay for the next try. */
  async leave(): Promise<void> {
    const blobs = join(this.path, 'blobs');
    for (const algorithm of await this.tree.list('blobs')) await leaveTargetFolder(join(blobs, algorithm));
  }

  async #change(added: readonly NewEntry[]): Promise<void> {
    if (this.#writing.lasting) await this.#syncBlobs(added);
    const index = (await readLayoutIndex(this.tree)) ?? EMPTY_INDEX;
    const entries = added.reduce(addEntry, index.entries);
    await this.#mark();
    await this.#write(INDEX_FILE, formatLayoutIndex({ ...index, entries }));
    if (this.#writing.lasting) await syncFolder(this.path);
  }

  /** Tells readers that it is a layout. */
  async #mark(): Promise<void> {
    if ((await this.tree.find(LAYOUT_FILE)) === undefined) await this.#write(LAYOUT_FILE, LAYOUT_VERSION);
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    await writeBytes(join(this.path, file), bytes, this.#writing);
  }

  async #syncBlobs(added: readonly NewEntry[]): Promise<void> {
    const blobs = join(this.path, 'blobs');
    const algorithms = new Set(['sha256', ...added.map(({ descriptor }) => algorithmOf(descriptor.digest))]);
    for (const algorithm of algorithms) await syncFolder(join(blobs, algorithm));
    await syncFolder(blobs);
  }
}

/**
 * Makes a folder that becomes a layout with the first content, unless it is one. One that has files of other sorts is
 * left to have them.
 * @throws DevregError of the file system
 */
export async function openLayoutFolder(path: string, writing: FileWriting): Promise<LayoutFolder> {
  await makeTargetFolder(join(path, 'blobs', 'sha256'));
  const place = await translateReadErrors(path, () => realpath(path));
  await translateFileErrors(`write in ${path}`, async () => {
    const blobs = join(place, 'blobs');
    const folders = (await readdir(blobs)).map((algorithm) => join(blobs, algorithm));
    for (const folder of [place, ...folders]) await removeLeftovers(folder);
  });
  return new LayoutFolder(place, await openFolder(place), writing);
}
