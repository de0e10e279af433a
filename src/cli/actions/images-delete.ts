/** `devreg images delete` (S3-13). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { type PlannedDeletion, deleteImages, planDeletions } from '../../workflows/images/delete-images.ts';
import { formatReference } from '../../oci/reference.ts';
import type { Context } from '../context.ts';
import { CHANGED_VIEW } from '../images/changed-view.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { type OutputFormat, READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { formatList } from '../output/list.ts';
import { confirm } from '../terminal/confirm.ts';

/**
 * Deletes tags, or what they lead to; asks first where there is somebody to ask.
 * @throws DevregError NOT_CONFIRMED, IMAGE_NOT_FOUND, DELETE_UNSUPPORTED, and others of the registry
 */
export async function removeImages(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  const { surroundings, terminal } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const wholeManifest = options.readSwitch('digest');
  const mayAsk = !options.readSwitch('yes') && !surroundings.env['DEVREG_NO_INPUT'];
  const isDryRun = options.readSwitch('dryRun');
  const output = options.read('output', 'a format', parseText);
  options.finish();
  const format = output === undefined ? undefined : parseOutputFormat(output, READ_FORMATS);
  await using command = await openImagesCommand(context, registries);
  const plan = await planDeletions(names.map(command.reference), wholeManifest, command.ports);
  if (isDryRun) return await answer(plan, 'planned', format, context);
  if (mayAsk && surroundings.stdin.isTTY === true) await askFirst(plan, context);
  await deleteImages(plan, command.ports);
  await answer(plan, 'deleted', format, context);
  terminal.note('Space is freed when the registry collects its garbage; see devreg registry gc.');
}

async function answer(
  plan: readonly PlannedDeletion[],
  outcome: 'planned' | 'deleted',
  format: OutputFormat | undefined,
  { terminal }: Context,
): Promise<void> {
  const word = outcome === 'planned' ? 'Would delete' : 'Deleted';
  if (format === undefined) return terminal.answer(plan.map((one) => `${word} ${describe(one)}.\n`).join(''));
  const rows = plan.map((one) => ({ reference: nameOf(one), digest: one.digest, outcome, tags: one.tags }));
  return terminal.answer(await formatList(rows, format, CHANGED_VIEW));
}

async function askFirst(plan: readonly PlannedDeletion[], { surroundings }: Context): Promise<void> {
  const { stdin, stderr, signal } = surroundings;
  for (const one of plan) stderr.write(`  ${describe(one)}\n`);
  if (await confirm(plan.length === 1 ? 'Delete it?' : `Delete these ${plan.length}?`, stdin, stderr, signal)) return;
  throw new DevregError('failure', 'NOT_CONFIRMED', 'Nothing was deleted.');
}

function nameOf({ reference, digest, isManifest }: PlannedDeletion): string {
  return isManifest ? `${reference.registry}/${reference.repository}@${digest}` : formatReference(reference);
}

function describe(one: PlannedDeletion): string {
  const { tags, isManifest } = one;
  if (!isManifest) return `the tag ${nameOf(one)}`;
  const names = tags.length === 0 ? '' : ` with the tag${tags.length === 1 ? '' : 's'} ${tags.join(', ')}`;
  return `${nameOf(one)}${names}`;
}
