/** Blobs, uploads and indexes in a data folder. */
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/repository.ts';
import type { BlobReader, BlobStore, BlobUpload, Durability, UploadId } from '../core/ports.ts';
import type { BackgroundHashing } from './background-hashing.ts';
import { prepareDataFolder } from './data-folder.ts';
import { Directories } from './directories.ts';
import { FileBlobReader } from './file-blob-reader.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { FileUploads } from './file-uploads.ts';
import { HashThread } from './hash-thread.ts';
import { type StoragePaths, digestOfFile, repositoryOfFile, storagePaths } from './paths.ts';
import { Publisher } from './publisher.ts';
import { ReadBuffers } from './read-buffers.ts';

/** Files looked at together by `list`; few, so that the thread pool is left to reads and writes. */
const STATS_AT_A_TIME = 4;

/** What a file store is made of. */
export interface FileBlobStoreOptions {
  /** The data folder. It is made when it is not there; one store at a time may be open on it. */
  readonly root: string;
  readonly durability: Durability;
  readonly fileSystem: FileSystem;
  /** Where stored bytes are hashed; closed with the store. A worker thread unless given. */
  readonly hashing?: BackgroundHashing;
}

/**
 * Opens the store in a data folder, making what is not there and removing what a crash left half written.
 * Uploads and blobs must be closed before the store is.
 * @throws StorageError `folder-unusable` when the folder cannot be made or written, or spans file systems
 */
export async function openFileBlobStore(options: FileBlobStoreOptions): Promise<BlobStore> {
  const paths = storagePaths(options.root);
  const directories = new Directories(options.fileSystem, options.durability === 'full');
  await prepareDataFolder(paths, directories, options.fileSystem);
  return new FileBlobStore(options, paths, directories);
}

class FileBlobStore implements BlobStore {
  readonly #fileSystem: FileSystem;
  readonly #paths: StoragePaths;
  readonly #publisher: Publisher;
  readonly #uploads: FileUploads;
  readonly #hashing: BackgroundHashing;
  readonly #buffers = new ReadBuffers();

  constructor(options: FileBlobStoreOptions, paths: StoragePaths, directories: Directories) {
    const { fileSystem, durability } = options;
    this.#fileSystem = fileSystem;
    this.#paths = paths;
    this.#hashing = options.hashing ?? new HashThread();
    this.#publisher = new Publisher(fileSystem, paths, directories, durability);
    const surroundings = { fileSystem, paths, hashing: this.#hashing, publisher: this.#publisher };
    this.#uploads = new FileUploads(surroundings, durability);
  }

  async stat(digest: Digest): Promise<number | undefined> {
    return (await this.#fileSystem.stat(this.#paths.blob(digest).path))?.size;
  }

  async open(digest: Digest): Promise<BlobReader | undefined> {
    const file = await this.#fileSystem.openFile(this.#paths.blob(digest).path, 'read');
    return file === undefined ? undefined : new FileBlobReader(file, this.#buffers);
  }

  put(digest: Digest, bytes: Uint8Array): Promise<void> {
    return this.#publisher.store(bytes, this.#paths.blob(digest));
  }

  /** The removal is not synced: a power cut may bring back a blob that nobody knows of. */
  remove(digest: Digest): Promise<boolean> {
    return this.#fileSystem.unlink(this.#paths.blob(digest).path);
  }

  async *list(): AsyncGenerator<{ readonly digest: Digest; readonly size: number; readonly changedAt: Date }> {
    for (const { algorithm, path } of this.#paths.blobs) {
      for (const digits of await this.#fileSystem.list(path)) {
        const names = await this.#fileSystem.list(`${path}/${digits}`);
        const digests = names.map((name) => digestOfFile(algorithm, digits, name)).filter((name) => name !== undefined);
        for (let first = 0; first < digests.length; first += STATS_AT_A_TIME)
          yield* await this.#describe(digests.slice(first, first + STATS_AT_A_TIME));
      }
    }
  }

  /** What is there of some blobs. */
  async #describe(
    digests: readonly Digest[],
  ): Promise<{ readonly digest: Digest; readonly size: number; readonly changedAt: Date }[]> {
    const found = await Promise.all(
      digests.map(async (digest) => {
        const facts = await this.#fileSystem.stat(this.#paths.blob(digest).path);
        return facts === undefined ? [] : [{ digest, size: facts.size, changedAt: facts.changedAt }];
      }),
    );
    return found.flat();
  }

  openUpload(id: UploadId, algorithm: DigestAlgorithm): Promise<BlobUpload> {
    return this.#uploads.open(id, algorithm);
  }

  removeUpload(id: UploadId): Promise<void> {
    return this.#uploads.remove(id);
  }

  listUploads(): AsyncIterable<{ readonly id: UploadId; readonly size: number; readonly changedAt: Date }> {
    return this.#uploads.list();
  }

  writeIndex(repository: RepositoryName, bytes: Uint8Array): Promise<void> {
    return this.#publisher.store(bytes, this.#paths.repository(repository));
  }

  async removeIndex(repository: RepositoryName): Promise<void> {
    const { directory, path } = this.#paths.repository(repository);
    await this.#fileSystem.unlink(path);
    await this.#publisher.settleDirectory(directory);
  }

  tryWriting(): Promise<void> {
    return this.#publisher.tryWriting();
  }

  async *readIndexes(): AsyncGenerator<{ readonly repository: RepositoryName; readonly bytes: Uint8Array }> {
    for (const name of await this.#fileSystem.list(this.#paths.repositories)) {
      const repository = repositoryOfFile(name);
      if (repository === undefined) continue;
      const file = await this.#fileSystem.openFile(this.#paths.repository(repository).path, 'read');
      if (file !== undefined) yield { repository, bytes: await readWhole(file) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hashing[Symbol.asyncDispose]();
  }
}

async function readWhole(file: OpenFile): Promise<Uint8Array> {
  try {
    const bytes = Buffer.allocUnsafe(file.facts.size);
    let size = 0;
    while (size < bytes.length) {
      const length = await file.read(bytes.subarray(size), size);
      if (length === 0) break;
      size += length;
    }
    return bytes.subarray(0, size);
  } finally {
    await file.close();
  }
}
