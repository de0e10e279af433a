/** What can be wrong with a backup, or with the place it shall be restored to. */

/**
 * `unreadable`: it is no backup, or of a version that is not known. `cut-off`: it ends too early. `damaged`: bytes in it
 * are not what they were. `incomplete`: an earlier backup is needed too. `folder-not-empty`: there is something already.
 */
export type BackupReason = 'unreadable' | 'cut-off' | 'damaged' | 'incomplete' | 'folder-not-empty';

/** A backup that cannot be made use of, with the reason and one sentence for people. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly reason: BackupReason;

  constructor(reason: BackupReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}
