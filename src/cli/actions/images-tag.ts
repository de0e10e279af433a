/** `devreg images tag`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { tagImage } from '../../workflows/images/tag-image.ts';
import type { Context } from '../context.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';

/** Gives an image more tags. */
export async function addTags(context: Context, text: string, tags: readonly string[], flags: Flags): Promise<void> {
  const options = createOptionReader(flags, context.surroundings.env);
  const registries = readRegistryOptions(options, flags);
  options.finish();
  await using command = await openImagesCommand(context, registries);
  const reference = command.reference(text);
  const digest = await tagImage(reference, tags, command.ports);
  const names = tags.map((tag) => `${reference.registry}/${reference.repository}:${tag}`).join(', ');
  context.terminal.answer(`${names} is ${digest}.\n`);
}
