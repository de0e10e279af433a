/** Turns what keeps a data folder from being backed up, restored or looked through into errors that say what to do. */
import { DevregError, systemCodeOf } from '../../errors.ts';
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import { translateServeFailure } from './serve-failure.ts';

/** Codes and hints by the reason. */
const BACKUP_PROBLEMS: ReadonlyMap<unknown, { readonly code: string; readonly hint: string }> = new Map([
  ['unreadable', { code: 'BACKUP_UNREADABLE', hint: 'Give a file that devreg registry backup wrote.' }],
  ['cut-off', { code: 'BACKUP_CUT_OFF', hint: 'Copy the file once more, or use another backup.' }],
  ['damaged', { code: 'BACKUP_DAMAGED', hint: 'Copy the file once more, or use another backup.' }],
  ['incomplete', { code: 'BACKUP_INCOMPLETE', hint: 'Give the backups it was made against, each with --since.' }],
  ['folder-not-empty', { code: 'FOLDER_NOT_EMPTY', hint: 'Give an empty folder, or one that is not there.' }],
]);

/** @returns the error to fail with; what no user can set right stays what it is */
export async function translateBackupFailure(error: unknown, dataDir: string): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  const problem = error.name === 'BackupError' && 'reason' in error ? BACKUP_PROBLEMS.get(error.reason) : undefined;
  if (problem !== undefined)
    return new DevregError('failure', problem.code, error.message, { hint: problem.hint, cause: error });
  if (error.name === 'GcRefusedError') {
    const message = `The registry on ${dataDir} did not let its data be backed up: ${error.message}`;
    return new DevregError('failure', 'BACKUP_REFUSED', message, { hint: 'Its log says more.', cause: error });
  }
  const isInput = systemCodeOf(error) === 'ENOENT' && 'syscall' in error && error.syscall === 'open' && 'path' in error;
  if (isInput)
    return new DevregError('failure', 'PATH_MISSING', `There is no ${String(error.path)}.`, { cause: error });
  return await translateServeFailure(error, { ...REGISTRY_DEFAULTS, dataDir, listen: [] });
}
