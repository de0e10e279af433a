/** An OCI layout on disk, as far as it is written: blobs first, then the list that names them. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { translateFileErrors, translateReadErrors } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf } from '../../oci/digest.ts';
import { createCheck } from '../checked-content.ts';
import { openFolder } from '../folder-tree.ts';
import { type FileWriting, makeFolder, syncFolder, writeBytes, writeStream } from '../output/lasting-files.ts';
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
  readonly #writing: FileWriting;

  /** Of a folder that `openLayoutFolder` made. */
  constructor(path: string, writing: FileWriting) {
    this.path = path;
    this.#writing = writing;
  }

  /** Whether a content of this size is there: what has the name of a digest was checked before it got it. */
  async has({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): Promise<boolean> {
    const tree = await openFolder(this.path);
    return (await tree.find(blobPath(digest)))?.size === size;
  }

  /** @throws DevregError CONTENT_WRONG, those of the file system; the signal's reason */
  async write(blob: Pick<Descriptor, 'digest' | 'size'>, content: Readable, signal?: AbortSignal): Promise<void> {
    await makeFolder(join(this.path, 'blobs', algorithmOf(blob.digest)));
    const path = join(this.path, blobPath(blob.digest));
    await writeStream(path, [content, createCheck(blob, this.path)], this.#writing, signal);
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

  async #change(added: readonly NewEntry[]): Promise<void> {
    if (this.#writing.lasting) await this.#syncBlobs(added);
    const index = (await readLayoutIndex(await openFolder(this.path))) ?? EMPTY_INDEX;
    const entries = added.reduce(addEntry, index.entries);
    await writeBytes(join(this.path, INDEX_FILE), formatLayoutIndex({ ...index, entries }), this.#writing);
    if (this.#writing.lasting) await syncFolder(this.path);
  }

  async #syncBlobs(added: readonly NewEntry[]): Promise<void> {
    const blobs = join(this.path, 'blobs');
    const algorithms = new Set(['sha256', ...added.map(({ descriptor }) => algorithmOf(descriptor.digest))]);
    for (const algorithm of algorithms) await syncFolder(join(blobs, algorithm));
    await syncFolder(blobs);
  }
}

/**
 * Makes a folder a layout, unless it is one. One that has files of other sorts is left to have them.
 * @throws DevregError of the file system
 */
export async function openLayoutFolder(path: string, writing: FileWriting): Promise<LayoutFolder> {
  await makeFolder(join(path, 'blobs', 'sha256'));
  const place = await translateReadErrors(path, () => realpath(path));
  await translateFileErrors(`write in ${path}`, async () => {
    const blobs = join(place, 'blobs');
    const folders = (await readdir(blobs)).map((algorithm) => join(blobs, algorithm));
    for (const folder of [place, ...folders]) await removeLeftovers(folder);
  });
  if (!(await isFile(join(place, LAYOUT_FILE)))) await writeBytes(join(place, LAYOUT_FILE), LAYOUT_VERSION, writing);
  return new LayoutFolder(place, writing);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
