/** `devreg registry rebuild`: the database anew, from what lies beside the images. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { resolvePath } from '../../config/user-path.ts';
import { DevregError } from '../../errors.ts';
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import { type RebuiltRegistry, rebuildRegistry } from '../../registry/rebuild.ts';
import type { Context } from '../context.ts';
import { formatAs, readTextFormat } from '../output/text-format.ts';
import { count } from '../output/words.ts';
import { translateServeFailure } from '../serve/serve-failure.ts';

/**
 * Rebuilds, and answers with what was found.
 * @throws DevregError CONFIG_INVALID, OPTION_MISSING, DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE
 */
export async function rebuild({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const { env, machine, now } = surroundings;
  const options = createOptionReader(flags, env);
  const output = readTextFormat(options);
  const dataDir = options.read('dataDir', 'a folder', (text) => (text === '' ? undefined : resolvePath(text, machine)));
  options.finish();
  if (dataDir === undefined) {
    throw new DevregError('usage', 'OPTION_MISSING', 'Which data? Give --data-dir.', {
      hint: 'devreg status -o wide shows where registries keep theirs.',
    });
  }
  const report = await terminal.step(`Reading the images in ${dataDir}`, () => rebuildAt(dataDir, now));
  terminal.answer(await formatAs(output, report, formatReport));
}

async function rebuildAt(dataDir: string, now: () => Date): Promise<RebuiltRegistry> {
  try {
    return await rebuildRegistry(dataDir, { now });
  } catch (error) {
    throw await translateServeFailure(error, { ...REGISTRY_DEFAULTS, dataDir, listen: [] });
  }
}

function formatReport({ repositories, manifests, lost, backup }: RebuiltRegistry): string {
  const lines = [`Found ${count(manifests, 'manifest')} in ${count(repositories, 'repository', 'repositories')}.`];
  if (lost > 0) lines.push(`${count(lost, 'manifest is', 'manifests are')} gone or damaged; push those images again.`);
  if (backup !== undefined) lines.push(`The database as it was is kept as ${backup}.`);
  return `${lines.join('\n')}\n`;
}
