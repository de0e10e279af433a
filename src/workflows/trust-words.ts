/** What a plan of trust changes, in words for people. Pure. */
import { formatCommands, formatDiff } from '../trust/plan-text.ts';
import type { Authority } from '../trust/target.ts';
import { type TrustPlan, changes } from '../trust/trust-plan.ts';

type Deeds = Pick<TrustPlan, 'files' | 'commands'>;

/** Every file with what changes in it, then every command; nothing when nothing changes. */
export function describeDeeds({ files, commands }: Deeds): string[] {
  const diffs = files.filter(changes).map((file) => `${VERBS[file.action] ?? 'change'} ${formatDiff(file).trimEnd()}`);
  return [...diffs, ...commands.map(({ argv }) => `run ${argv.join(' ')}`)];
}

const VERBS: Readonly<Record<string, string>> = { create: 'make', restore: 'put back', remove: 'remove' };

/** What a person would type to do the same; one text may have several lines. */
export function deedsAsCommands(deeds: Deeds, authority: Authority | undefined, isRoot: boolean): string[] {
  return formatCommands(deeds, authority, isRoot ? '' : 'sudo ');
}

/** Whether something is to be done that needs root. */
export function needsRoot({ files, commands }: Deeds): boolean {
  return files.some((file) => changes(file) && file.owner === 'root') || commands.some(({ owner }) => owner === 'root');
}
