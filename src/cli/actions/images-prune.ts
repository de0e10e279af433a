/** `devreg images prune` (S3-03). */
import { type Flags, createOptionReader, type OptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import type { OwnRegistry } from '../../workflows/images/own-registries.ts';
import { type PrunePlan, planPrune, prune } from '../../workflows/images/prune-images.ts';
import { hostIn } from '../../workflows/images/image-place.ts';
import { parseLifetime } from '../accounts/lifetime.ts';
import type { Context } from '../context.ts';
import { collectOwn } from '../images/collect-garbage.ts';
import { openImagesCommand } from '../images/open-command.ts';
import { readRegistryOptions } from '../images/registry-options.ts';
import { formatBytes } from '../images/sizes.ts';
import { parseGlob } from '../images/glob.ts';
import { confirm } from '../terminal/confirm.ts';

interface PruneOptions {
  readonly keepLast: number | undefined;
  readonly olderThan: Date | undefined;
  /** Whether manifests without a tag go too, whoever left them there. */
  readonly untagged: boolean;
  readonly matches: (repository: string) => boolean;
  readonly isDryRun: boolean;
  readonly mayAsk: boolean;
}

/**
 * Shows what would go, asks, and deletes it.
 * @throws DevregError NOT_CONFIRMED, OPTIONS_CLASH, and those of the registry
 */
export async function pruneImages(context: Context, text: string | undefined, flags: Flags): Promise<void> {
  const { terminal, surroundings } = context;
  const options = createOptionReader(flags, surroundings.env);
  const registries = readRegistryOptions(options, flags);
  const wish = readPruneOptions(options, context);
  const output = options.read('output', 'json or yaml', parseText);
  options.finish();
  await using command = await openImagesCommand(context, registries);
  const host = text === undefined ? command.own.chosenHost() : hostOf(text);
  const own = command.own.find(host);
  if (wish.untagged && own === undefined) throw untaggedElsewhere(host);
  const plan = await terminal.step(`Looking through ${host}`, () => planPrune(host, wish, wish.matches, command.ports));
  for (const warning of undatedIn(plan)) terminal.warn(warning);
  if (output === 'json') terminal.answer(`${JSON.stringify(plan, undefined, 2)}\n`);
  else terminal.answer(describe(plan, wish));
  const hasTags = plan.decisions.some(({ tags }) => tags.length > 0);
  // What has no tag is for the registry itself to tell.
  if (own !== undefined && wish.untagged) await collect(own, context, { ...wish, isDryRun: true });
  if (wish.isDryRun || (!hasTags && !wish.untagged)) return;
  if (wish.mayAsk) await askFirst(context);
  await terminal.step(`Pruning ${host}`, () => prune(plan, command.ports));
  if (own !== undefined) await collect(own, context, wish);
}

function readPruneOptions(options: OptionReader, { surroundings }: Context): PruneOptions {
  const keepLast = options.read('keepLast', 'a number', (text) => (/^\d{1,6}$/.test(text) ? Number(text) : undefined));
  const seconds = options.read('olderThan', 'a time such as 30d or 12h', (text) => {
    const lifetime = parseLifetime(text);
    return lifetime === 'never' ? undefined : lifetime;
  });
  const glob = options.read('repository', 'a pattern such as team/*', parseText);
  const byTag = keepLast !== undefined || seconds !== undefined;
  const untagged = options.readSwitch('untagged') || !byTag;
  if (untagged && glob !== undefined) {
    throw new DevregError('usage', 'OPTIONS_CLASH', 'What has no tag is collected in all repositories at once.', {
      hint: 'Beside --repository give --keep-last or --older-than, and leave --untagged out.',
    });
  }
  return {
    keepLast,
    olderThan: seconds === undefined ? undefined : new Date(surroundings.now().getTime() - seconds * 1_000),
    untagged,
    matches: glob === undefined ? () => true : parseGlob(glob),
    isDryRun: options.readSwitch('dryRun'),
    mayAsk: !options.readSwitch('yes'),
  };
}

function describe({ host, decisions, bytes }: PrunePlan, { isDryRun, untagged }: PruneOptions): string {
  const would = isDryRun ? 'Would delete' : 'To delete';
  const lines = decisions
    .filter(({ tags }) => tags.length > 0)
    .map(({ repository, tags }) => `  ${repository}: ${tags.join(', ')}\n`);
  const count = decisions.reduce((sum, { tags }) => sum + tags.length, 0);
  const rest = untagged ? 'Manifests without a tag go too.\n' : '';
  if (count === 0) return untagged ? `No tag of ${host} is to go. ${rest}` : `Nothing of ${host} is to go.\n`;
  return `${would} ${count} tag${count === 1 ? '' : 's'} of ${host}, ${formatBytes(bytes)}:\n${lines.join('')}${rest}`;
}

function undatedIn({ decisions }: PrunePlan): readonly string[] {
  return decisions
    .filter(({ undated }) => undated.length > 0)
    .map(({ repository, undated }) => `${repository}: ${undated.join(', ')} kept, since nothing tells how old it is.`);
}

async function askFirst({ surroundings }: Context): Promise<void> {
  const { stdin, stderr, signal, env } = surroundings;
  const canAsk = stdin.isTTY === true && !env['DEVREG_NO_INPUT'];
  if (canAsk && (await confirm('Delete all that for good?', stdin, stderr, signal))) return;
  throw new DevregError('failure', 'NOT_CONFIRMED', 'Nothing was deleted.', {
    hint: 'Give --yes where nobody can be asked.',
  });
}

/** Deleting manifests frees nothing by itself. */
async function collect(own: OwnRegistry, context: Context, { isDryRun, untagged }: PruneOptions): Promise<void> {
  const report = await context.terminal.step(
    isDryRun ? 'Looking for what no image needs' : 'Collecting what no image needs',
    () => collectOwn(own, { isDryRun, deleteUntagged: untagged }, context),
  );
  context.terminal.note(report.trimEnd());
}

function hostOf(text: string): string {
  const host = hostIn(text);
  if (host !== undefined) return host;
  throw new DevregError('usage', 'REFERENCE_INVALID', `${JSON.stringify(text)} is no registry.`, {
    hint: 'Give HOST or HOST:PORT; --repository chooses repositories of it.',
  });
}

function untaggedElsewhere(host: string): DevregError {
  return new DevregError('usage', 'OPTIONS_CLASH', `${host} tells nobody what it has without a tag.`, {
    hint: 'Give --keep-last or --older-than. A registry that devreg made collects the rest itself.',
  });
}
