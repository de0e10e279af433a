/** `devreg images delete` (S3-13). */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { DevregError } from '../../errors.ts';
import { type PlannedDeletion, deleteImages, planDeletions } from '../../workflows/images/delete-images.ts';
import { formatReference } from '../../oci/reference.ts';
import type { Context } from '../context.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
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
  options.finish();
  await using command = await openImagesCommand(context, registries);
  const plan = await planDeletions(names.map(command.reference), wholeManifest, command.ports);
  if (isDryRun) {
    terminal.answer(plan.map((one) => `Would delete ${describe(one)}.\n`).join(''));
    return;
  }
  if (mayAsk && surroundings.stdin.isTTY === true) await askFirst(plan, context);
  await deleteImages(plan, command.ports);
  terminal.answer(plan.map((one) => `Deleted ${describe(one)}.\n`).join(''));
  terminal.note('Space is freed when the registry collects its garbage; see devreg registry gc.');
}

async function askFirst(plan: readonly PlannedDeletion[], { surroundings }: Context): Promise<void> {
  const { stdin, stderr, signal } = surroundings;
  for (const one of plan) stderr.write(`  ${describe(one)}\n`);
  if (await confirm(plan.length === 1 ? 'Delete it?' : `Delete these ${plan.length}?`, stdin, stderr, signal)) return;
  throw new DevregError('failure', 'NOT_CONFIRMED', 'Nothing was deleted.');
}

function describe({ reference, digest, tags, isManifest }: PlannedDeletion): string {
  if (!isManifest) return `the tag ${formatReference(reference)}`;
  const names = tags.length === 0 ? '' : ` with the tag${tags.length === 1 ? '' : 's'} ${tags.join(', ')}`;
  return `${reference.registry}/${reference.repository}@${digest}${names}`;
}
