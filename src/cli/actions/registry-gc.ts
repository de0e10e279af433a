/** `devreg registry gc`: removes what no image needs, beside a registry that runs or while none does (S3-14). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseDuration } from '../../config/values.ts';
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import type { FolderCollection } from '../../registry/garbage-collection.ts';
import { formatReport } from '../../registry/gc/format-report.ts';
import type { Context } from '../context.ts';
import { type TextFormat, formatAs, readTextFormat } from '../output/text-format.ts';
import { collectHere } from '../serve/collect-here.ts';
import { readDataDir } from '../serve/data-dir.ts';

/**
 * Collects, and answers with what went.
 * @throws DevregError CONFIG_INVALID, GC_REFUSED, those of `readDataDir`, DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE
 */
export async function collectGarbage(context: Context, flags: Flags): Promise<void> {
  const { terminal } = context;
  const { output, ...collection } = await readPlan(context, flags);
  const title = `${collection.request.isDryRun ? 'Looking for' : 'Removing'} what no image needs in ${collection.dataDir}`;
  const report = await terminal.step(title, () => collectHere(collection, context));
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
