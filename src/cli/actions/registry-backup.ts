/** `devreg registry backup`: one file with everything that a registry keeps, also while it runs (S1-30). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { resolvePath } from '../../config/user-path.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { writeBackupFile } from '../../registry/backup/backup-file.ts';
import type { BackupReport, Sink } from '../../registry/backup/write-backup.ts';
import { backupFolder } from '../../registry/folder-backup.ts';
import type { Context } from '../context.ts';
import { translateBackupFailure } from '../serve/backup-failure.ts';
import { readDataDir } from '../serve/data-dir.ts';
import type { Output } from '../surroundings.ts';

/**
 * Backs up, and says what is in the backup. Nothing but the backup goes to standard output.
 * @param file a path, or `-` for standard output
 * @throws DevregError CONFIG_INVALID, OUTPUT_IS_TERMINAL, BACKUP_REFUSED, DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE,
 *   those of an earlier backup; CONTENT_LOST when it is written, but something was not there any more
 */
export async function backUp({ surroundings, terminal }: Context, file: string, flags: Flags): Promise<void> {
  const { env, machine, stdout } = surroundings;
  const options = createOptionReader(flags, env);
  const dataDir = await readDataDir(options, surroundings);
  const since = options.readAll('since', 'a file', parseText) ?? [];
  options.finish();
  if (file === '-' && stdout.isTTY === true) {
    throw new DevregError('usage', 'OUTPUT_IS_TERMINAL', 'A backup is nothing to look at.', {
      hint: 'Name a file, or send it on: devreg registry backup - | ssh …',
    });
  }
  const backup = { dataDir, earlier: since.map((path) => resolvePath(path, machine)) };
  const write = (sink: Sink) => backupFolder(backup, sink);
  const report = await terminal.step(`Backing up ${dataDir}`, async () => {
    try {
      return await (file === '-' ? write(sinkOf(stdout)) : writeBackupFile(resolvePath(file, machine), write));
    } catch (error) {
      throw await translateBackupFailure(error, dataDir);
    }
  });
  terminal.note(describe(report));
  refuseLoss(report);
}

/** What was written may be used again, so each piece is waited for. */
function sinkOf(stdout: Output): Sink {
  return (bytes) =>
    new Promise((done, fail) => {
      stdout.once('error', fail);
      stdout.write(bytes, (error) => {
        stdout.off('error', fail);
        if (error) fail(error);
        else done();
      });
    });
}

function describe({ blobs, bytes, earlier }: BackupReport): string {
  const left = earlier === 0 ? '' : `; ${earlier} more are in earlier backups`;
  return `The backup has ${blobs} blobs of ${bytes} bytes${left}. Keep it where you would keep a password.`;
}

function refuseLoss({ lost }: BackupReport): void {
  const [first] = lost;
  if (first === undefined) return;
  const message = `The backup is written, but lacks ${lost.length} blobs that are missing or damaged, such as ${first}.`;
  throw new DevregError('problems-found', 'CONTENT_LOST', message, { hint: 'devreg registry scrub tells them all.' });
}
