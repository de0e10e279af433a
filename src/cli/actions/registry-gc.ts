/** `devreg registry gc`: removes what no image needs, beside a registry that runs or while none does (S3-14). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseDuration } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import { type FolderCollection, type FolderReport, collectFolder } from '../../registry/garbage-collection.ts';
import { formatReport } from '../../registry/gc/format-report.ts';
import type { Context } from '../context.ts';
import { type TextFormat, formatAs, readTextFormat } from '../output/text-format.ts';
import { readDataDir } from '../serve/data-dir.ts';
import { openServeLog } from '../serve/serve-log.ts';
import { translateServeFailure } from '../serve/serve-failure.ts';

/**
 * Collects, and answers with what went.
 * @throws DevregError CONFIG_INVALID, GC_REFUSED, those of `readDataDir`, DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE
 */
export async function collectGarbage(context: Context, flags: Flags): Promise<void> {
  const { terminal } = context;
  const { output, ...collection } = await readPlan(context, flags);
  const title = `${collection.request.isDryRun ? 'Looking for' : 'Removing'} what no image needs in ${collection.dataDir}`;
  const report = await terminal.step(title, () => collect(collection, context));
  terminal.answer(await formatAs(output, report, formatReport));
}

async function readPlan(
  { surroundings }: Context,
  flags: Flags,
): Promise<FolderCollection & { readonly output: TextFormat }> {
  const options = createOptionReader(flags, surroundings.env);
  const output = readTextFormat(options);
  const dataDir = await readDataDir(options, surroundings);
  const request = {
    isDryRun: options.readSwitch('dryRun'),
    deleteUntagged: options.readSwitch('deleteUntagged'),
  };
  const lease = options.read('gcLease', 'a time such as 60m', parseDuration) ?? REGISTRY_DEFAULTS.gcLease;
  options.finish();
  return {
    output,
    dataDir,
    request,
    times: { lease, uploadIdle: REGISTRY_DEFAULTS.uploadIdle },
  };
}

async function collect(collection: FolderCollection, { surroundings, terminal }: Context): Promise<FolderReport> {
  const log = openServeLog({ ...terminal, answer: (text) => terminal.note(text.trimEnd()) });
  try {
    return await collectFolder(collection, { log, clock: { now: surroundings.now } });
  } catch (error) {
    if (error instanceof Error && error.name === 'GcRefusedError') {
      const message = `The registry on ${collection.dataDir} did not collect garbage: ${error.message}`;
      throw new DevregError('failure', 'GC_REFUSED', message, { hint: 'Its log says more.', cause: error });
    }
    throw await translateServeFailure(error, { ...REGISTRY_DEFAULTS, dataDir: collection.dataDir, listen: [] });
  }
}
