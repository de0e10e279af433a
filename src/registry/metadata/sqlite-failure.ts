/** Failures of SQLite in the words the rest of the registry knows: the codes of the operating system. */

/** What each primary result code of SQLite is to a caller who does not know SQLite. */
const CODES: ReadonlyMap<number, { readonly code: string; readonly sentence: string }> = new Map([
  [5, { code: 'EBUSY', sentence: 'Another process keeps the metadata locked.' }],
  [8, { code: 'EROFS', sentence: 'The metadata cannot be written, only read.' }],
  [10, { code: 'EIO', sentence: 'The metadata could not be read or written.' }],
  [13, { code: 'ENOSPC', sentence: 'There is no space left for the metadata.' }],
]);
const SQLITE_BUSY = 5;

/**
 * Turns a failure of SQLite into an error with the `code` that a file would have failed with; leaves others as they are.
 * @returns an Error with `code` ENOSPC, EIO, EROFS or EBUSY and SQLite's own error as its cause, or what was given
 */
export function translateFailure(error: unknown): unknown {
  const known = CODES.get(primaryCodeOf(error) ?? 0);
  return known === undefined ? error : Object.assign(new Error(known.sentence, { cause: error }), { code: known.code });
}

/** Whether SQLite gave up because somebody else holds a lock. */
export function isBusy(error: unknown): boolean {
  return primaryCodeOf(error) === SQLITE_BUSY;
}

/** The low byte of SQLite's extended result code. */
function primaryCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
