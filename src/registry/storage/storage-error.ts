/** What can be wrong with the store itself, apart from errors of the system, which pass through as they are. */

/**
 * `folder-unusable`: the store cannot live there. `damaged`: fewer bytes are there than should be.
 * `upload-in-use`: someone has the upload open. `upload-over`: the upload was closed, or a failure made it unusable.
 * `closed`: the reader or store was closed before.
 */
export type StorageReason = 'folder-unusable' | 'damaged' | 'upload-in-use' | 'upload-over' | 'closed';

/** A failure of the store with its reason and one sentence for people. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly reason: StorageReason;

  constructor(reason: StorageReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}
