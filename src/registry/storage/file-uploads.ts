/** The uploads in a data folder: which there are, which are open, and how far those set aside were hashed. */
import type { DigestAlgorithm } from '../../oci/digest.ts';
import type { BlobUpload, Durability, UploadId } from '../core/ports.ts';
import { EarlySync, SyncTurn } from './early-sync.ts';
import { FileBlobUpload, type UploadSurroundings } from './file-blob-upload.ts';
import type { OpenFile } from './file-system.ts';
import { uploadOfFile } from './paths.ts';
import { StorageError } from './storage-error.ts';
import { ArrivalDigest, FollowingDigest, type UploadDigest } from './upload-digest.ts';

/** Digests of uploads set aside; one more costs a kilobyte, one less a reading of the upload's bytes. */
const MOST_SET_ASIDE = 1_000;

interface SetAside {
  readonly digest: ArrivalDigest;
  readonly size: number;
}

export class FileUploads {
  readonly #around: UploadSurroundings;
  readonly #durability: Durability;
  readonly #syncTurn = new SyncTurn();
  readonly #inUse = new Set<UploadId>();
  readonly #setAside = new Map<UploadId, SetAside>();

  constructor(around: UploadSurroundings, durability: Durability) {
    this.#around = around;
    this.#durability = durability;
  }

  /** Opens an upload. Two writers of one file could give wrong bytes a right digest, so a second one is refused. */
  async open(id: UploadId, algorithm: DigestAlgorithm): Promise<BlobUpload> {
    this.#assertNotInUse(id);
    this.#inUse.add(id);
    try {
      return await this.#open(id, algorithm);
    } catch (error) {
      this.#inUse.delete(id);
      throw error;
    }
  }

  async remove(id: UploadId): Promise<void> {
    this.#assertNotInUse(id);
    this.#setAside.delete(id);
    await this.#around.fileSystem.unlink(this.#around.paths.upload(id));
  }

  async *list(): AsyncGenerator<{ readonly id: UploadId; readonly size: number; readonly changedAt: Date }> {
    for (const name of await this.#around.fileSystem.list(this.#around.paths.uploads)) {
      const id = uploadOfFile(name);
      const facts = id === undefined ? undefined : await this.#around.fileSystem.stat(this.#around.paths.upload(id));
      if (id !== undefined && facts !== undefined) yield { id, size: facts.size, changedAt: facts.changedAt };
    }
  }

  async #open(id: UploadId, algorithm: DigestAlgorithm): Promise<BlobUpload> {
    const path = this.#around.paths.upload(id);
    const file = await this.#openFile(path);
    const { size } = file.facts;
    const opened = {
      path,
      file,
      size,
      digest: this.#digestOf(id, algorithm, file),
      earlySync: this.#durability === 'full' ? new EarlySync(file, this.#syncTurn) : undefined,
      onKept: (digest: ArrivalDigest, keptSize: number) => this.#keepDigest(id, { digest, size: keptSize }),
      onEnd: () => void this.#inUse.delete(id),
    };
    return new FileBlobUpload(opened, this.#around);
  }

  /**
   * A file with a second name gives way to a new one: a power cut may have left the upload's name on what has become
   * a blob, and a copy made of hard links must not change. So does what is no file at all.
   */
  async #openFile(path: string): Promise<OpenFile> {
    const { fileSystem } = this.#around;
    const created = await fileSystem.createFile(path);
    if (created !== undefined) return created;
    const found = await fileSystem.openFile(path, 'write');
    if (found?.facts.names === 1) return found;
    await found?.close();
    await fileSystem.unlink(path);
    const fresh = await fileSystem.createFile(path);
    if (fresh === undefined) throw new StorageError('upload-in-use', 'Another program makes files in the data folder.');
    return fresh;
  }

  #digestOf(id: UploadId, algorithm: DigestAlgorithm, file: OpenFile): UploadDigest {
    const { size } = file.facts;
    const known = this.#setAside.get(id);
    this.#setAside.delete(id);
    if (size === 0) return new ArrivalDigest(algorithm);
    if (known?.size === size) return known.digest;
    return new FollowingDigest(file, this.#around.hashing, algorithm, size);
  }

  #keepDigest(id: UploadId, setAside: SetAside): void {
    this.#setAside.set(id, setAside);
    if (this.#setAside.size <= MOST_SET_ASIDE) return;
    const [oldest] = this.#setAside.keys();
    if (oldest !== undefined) this.#setAside.delete(oldest);
  }

  #assertNotInUse(id: UploadId): void {
    if (this.#inUse.has(id)) throw new StorageError('upload-in-use', 'The upload is open.');
  }
}
