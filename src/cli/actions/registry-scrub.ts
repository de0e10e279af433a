/** `devreg registry scrub`: whether all that is stored is what it should be. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { DevregError } from '../../errors.ts';
import { type FolderScrub, scrubFolder } from '../../registry/folder-scrub.ts';
import type { Finding, ScrubReport } from '../../registry/scrub/report.ts';
import type { Context } from '../context.ts';
import { formatAs, readTextFormat } from '../output/text-format.ts';
import { translateBackupFailure } from '../serve/backup-failure.ts';
import { readDataDir } from '../serve/data-dir.ts';

/** Half of what a slow disk reads. */
const MIB_PER_SECOND = 64;

const MIB = 1024 * 1024;

/**
 * Looks, answers with what was found, and fails when that is something.
 * @throws DevregError CONFIG_INVALID, DATA_FOLDER_UNUSABLE, those of `readDataDir`, SCRUB_FOUND
 */
export async function scrub({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const options = createOptionReader(flags, surroundings.env);
  const output = readTextFormat(options);
  const rate = options.read('rate', 'MiB in a second, such as 64', parseRate) ?? MIB_PER_SECOND;
  const plan: FolderScrub = {
    dataDir: await readDataDir(options, surroundings),
    isDryRun: options.readSwitch('dryRun'),
    bytesPerSecond: rate * MIB,
  };
  options.finish();
  const report = await terminal.step(`Reading what is stored in ${plan.dataDir}`, () => look(plan, surroundings.now));
  terminal.answer(await formatAs(output, report, format));
  const { length } = report.findings;
  if (length > 0) {
    const message = `${length === 1 ? 'One thing is' : `${length} things are`} not as it should be.`;
    throw new DevregError('problems-found', 'SCRUB_FOUND', message, {
      hint: 'Push what is missing once more, or restore a backup.',
    });
  }
}

function parseRate(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}

async function look(plan: FolderScrub, now: () => Date): Promise<ScrubReport> {
  try {
    return await scrubFolder(plan, { now });
  } catch (error) {
    throw await translateBackupFailure(error, plan.dataDir);
  }
}

function format({ blobs, bytes, findings }: ScrubReport): string {
  const lines = findings.map(describe);
  return [`Read ${blobs} blobs of ${bytes} bytes.`, ...lines, ''].join('\n');
}

function describe({ kind, path, quarantined }: Finding): string {
  return `${kind.padEnd('truncated'.length)}  ${path}${quarantined === undefined ? '' : ` is now ${quarantined}`}`;
}
