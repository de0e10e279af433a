/** `devreg images tag`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { tagImage } from '../../workflows/images/tag-image.ts';
import type { Context } from '../context.ts';
import { CHANGED_VIEW } from '../images/changed-view.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { formatList } from '../output/list.ts';

/** Gives an image more tags. @throws DevregError OUTPUT_UNKNOWN, and those of the recipe */
export async function addTags(context: Context, text: string, tags: readonly string[], flags: Flags): Promise<void> {
  const options = createOptionReader(flags, context.surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const output = options.read('output', 'a format', parseText);
  options.finish();
  const format = output === undefined ? undefined : parseOutputFormat(output, READ_FORMATS);
  await using command = await openImagesCommand(context, registries);
  const reference = command.reference(text);
  const digest = await tagImage(reference, tags, command.ports);
  const names = tags.map((tag) => `${reference.registry}/${reference.repository}:${tag}`);
  const rows = names.map((name) => ({ reference: name, digest, outcome: 'tagged' as const, tags: [] }));
  const { terminal } = context;
  if (format === undefined) terminal.answer(`${names.join(', ')} is ${digest}.\n`);
  else terminal.answer(await formatList(rows, format, CHANGED_VIEW));
}
