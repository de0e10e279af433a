/** `devreg registry restore`: a data folder from backups (S1-30). */
import { createReadStream } from 'node:fs';
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { resolvePath } from '../../config/user-path.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { type FolderRestore, type RestoreReport, restoreFolder } from '../../registry/folder-restore.ts';
import { refuseSystemFolder } from '../../workflows/data-folder.ts';
import type { Context } from '../context.ts';
import { translateBackupFailure } from '../serve/backup-failure.ts';

/** Read in one go. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Restores, and answers with what was restored.
 * @param file a path, or `-` for standard input
 * @throws DevregError CONFIG_INVALID, OPTION_MISSING, DATA_FOLDER_REFUSED, FOLDER_NOT_EMPTY, those of a backup, DATA_TOO_NEW; CONTENT_LOST
 *   when all is restored that was in the backup, but something was not
 */
export async function restore({ surroundings, terminal }: Context, file: string, flags: Flags): Promise<void> {
  const { env, machine, stdin } = surroundings;
  const options = createOptionReader(flags, env);
  const dataDir = options.read('dataDir', 'a folder', parseText);
  const since = options.readAll('since', 'a file', parseText) ?? [];
  options.finish();
  if (dataDir === undefined) {
    throw new DevregError('usage', 'OPTION_MISSING', 'Where to? Give --data-dir.', {
      hint: 'An empty folder, or one that is not there.',
    });
  }
  const read = (path: string) => readPieces(resolvePath(path, machine));
  const plan: FolderRestore = {
    dataDir: resolvePath(dataDir, machine),
    newest: file === '-' ? stdin : read(file),
    earlier: since.map((path) => () => read(path)),
  };
  await refuseSystemFolder(plan.dataDir);
  const report = await terminal.step(`Restoring to ${plan.dataDir}`, () => restoreTo(plan));
  terminal.answer(`Restored ${report.blobs} blobs of ${report.bytes} bytes, with users, tokens and permissions.\n`);
  refuseLoss(report);
}

/** Opens the file when the first piece is asked for: what is in the way is then told to whoever asks. */
async function* readPieces(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path, { highWaterMark: PIECE_BYTES });
}

async function restoreTo(plan: FolderRestore): Promise<RestoreReport> {
  try {
    return await restoreFolder(plan);
  } catch (error) {
    throw await translateBackupFailure(error, plan.dataDir);
  }
}

function refuseLoss({ lost }: RestoreReport): void {
  if (lost === 0) return;
  const message = `All of the backup is restored, but ${lost} blobs were lost before it was made.`;
  throw new DevregError('problems-found', 'CONTENT_LOST', message, {
    hint: 'devreg registry scrub tells which; push those images again.',
  });
}
