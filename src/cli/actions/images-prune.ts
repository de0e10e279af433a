/** `devreg images prune` (S3-03). */
import { type Flags, createOptionReader, type OptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { formatKept, formatReport } from '../../registry/gc/format-report.ts';
import type { GcReport } from '../../registry/gc/report.ts';
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
import { type OutputFormat, parseOutputFormat } from '../output/format.ts';
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
  const format = output === undefined ? undefined : parseOutputFormat(output, ['json', 'yaml']);
  await using command = await openImagesCommand(context, registries);
  const host = text === undefined ? command.own.chosenHost() : hostOf(text);
  const own = command.own.find(host);
  if (wish.untagged && own === undefined) throw untaggedElsewhere(host);
  const plan = await terminal.step(`Looking through ${host}`, () => planPrune(host, wish, wish.matches, command.ports));
  for (const warning of undatedIn(plan)) terminal.warn(warning);
  // What has no tag is for the registry itself to tell.
  const garbage = own !== undefined && wish.untagged ? await collect(own, context, { ...wish, isDryRun: true }) : null;
  await answerPlan({ ...plan, garbage }, format, wish, context);
  if (wish.isDryRun || !hasAny({ ...plan, garbage })) return;
  if (wish.mayAsk) await askFirst(context);
  await terminal.step(`Pruning ${host}`, () => prune(plan, command.ports));
  if (own !== undefined) terminal.note(formatReport(await collect(own, context, wish)).trimEnd());
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

/** What goes: by tags, and what the registry finds beside them. */
interface WholePlan extends PrunePlan {
  /** Null where nobody looked for it. */
  readonly garbage: GcReport | null;
}

function hasAny({ decisions, garbage }: WholePlan): boolean {
  const counts = [garbage?.manifests, garbage?.unlinked, garbage?.blobs, garbage?.uploads];
  return decisions.some(({ tags }) => tags.length > 0) || counts.some((number) => (number ?? 0) > 0);
}

async function answerPlan(
  plan: WholePlan,
  format: OutputFormat | undefined,
  wish: PruneOptions,
  { terminal }: Context,
): Promise<void> {
  if (format?.kind === 'json') terminal.answer(`${JSON.stringify(plan, undefined, 2)}\n`);
  else if (format?.kind === 'yaml') terminal.answer((await import('yaml')).stringify(plan));
  else terminal.answer(describe(plan, wish));
}

function describe(plan: WholePlan, { isDryRun }: PruneOptions): string {
  const { host, decisions, bytes, garbage } = plan;
  if (!hasAny(plan)) return `Nothing of ${host} is to go.\n${garbage === null ? '' : formatKept(garbage)}`;
  const lines = decisions
    .filter(({ tags }) => tags.length > 0)
    .map(({ repository, tags }) => `  ${repository}: ${tags.join(', ')}\n`);
  const count = decisions.reduce((sum, { tags }) => sum + tags.length, 0);
  const would = isDryRun ? 'Would delete' : 'To delete';
  const head = `${would} ${count} tag${count === 1 ? '' : 's'} of ${host}, ${formatBytes(bytes)}:\n`;
  return `${count === 0 ? '' : `${head}${lines.join('')}`}${garbage === null ? '' : formatReport(garbage)}`;
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
function collect(own: OwnRegistry, context: Context, { isDryRun, untagged }: PruneOptions): Promise<GcReport> {
  const title = isDryRun ? 'Looking for what no image needs' : 'Collecting what no image needs';
  return context.terminal.step(title, () => collectOwn(own, { isDryRun, deleteUntagged: untagged }, context));
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
