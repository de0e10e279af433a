/** Reads the blobs of a data folder, and changes nothing there: also beside the process that serves from it. */
import type { Digest } from '../../oci/digest.ts';
import type { BlobReader } from '../core/ports.ts';
import { FileBlobReader } from './file-blob-reader.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { storagePaths } from './paths.ts';
import { ReadBuffers } from './read-buffers.ts';

/** Reads files. */
export interface FolderReader {
  /** @returns undefined when there is no such blob */
  open(digest: Digest): Promise<BlobReader | undefined>;
  /** @returns undefined when there is no such file */
  openFile(path: string): Promise<BlobReader | undefined>;
}

/** Makes a reader of a data folder. */
export function createFolderReader(root: string): FolderReader {
  const paths = storagePaths(root);
  const buffers = new ReadBuffers();
  const openFile = async (path: string) => {
    const file = await nodeFileSystem.openFile(path, 'read');
    return file === undefined ? undefined : new FileBlobReader(file, buffers);
  };
  return { openFile, open: (digest) => openFile(paths.blob(digest).path) };
}
