/** Folders of files to read images from: of a disk, or in a tar archive. */
import type { Readable } from 'node:stream';

/** A file. */
export interface TreeFile {
  /** In bytes. */
  readonly size: number;
  /** @param offset where to begin; 0 when absent */
  open(offset?: number): Readable;
}

/** Files by their paths, such as `blobs/sha256/…`; nothing outside is ever reached. Errors are DevregErrors of the place. */
export interface FileTree extends AsyncDisposable {
  /** For sentences: the folder's or archive's path. */
  readonly name: string;
  /** @returns undefined when it is not there, or is no file */
  find(path: string): Promise<TreeFile | undefined>;
  /** Names of what is directly in a folder; `` is the uppermost. */
  list(folder: string): Promise<readonly string[]>;
}
