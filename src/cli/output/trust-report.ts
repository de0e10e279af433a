/** What became of trusting, as a list, and as the error it ends with where something is left. */
import { DevregError } from '../../errors.ts';
import type { TrustOutcome } from '../../workflows/trust-deeds.ts';
import type { TrustReport } from '../../workflows/trust.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { OutputFormat } from './format.ts';
import { type ListView, formatList } from './list.ts';

const WORDS: Readonly<Record<TrustOutcome['outcome'], string>> = {
  create: 'made',
  change: 'changed',
  keep: 'unchanged',
  conflict: 'left alone',
  restore: 'put back',
  remove: 'removed',
  'changed-since': 'left alone',
  ran: 'ran',
  failed: 'failed',
  left: 'needs root',
};

const VIEW: ListView<TrustOutcome> = {
  columns: [
    { heading: 'TARGET', cell: ({ target }) => target },
    { heading: 'OUTCOME', cell: ({ outcome }) => WORDS[outcome] },
    { heading: 'WHAT', cell: ({ subject }) => subject },
  ],
  wideColumns: [{ heading: 'REGISTRY', cell: ({ registries }) => registries.join(', ') || '-' }],
  nameOf: ({ target, subject }) => `${target}/${subject}`,
};

/**
 * Answers with the outcomes, and says what is left to the user.
 * @param left commands that need root
 * @throws DevregError ROOT_NEEDED, TRUST_CONFLICT, TRUST_INCOMPLETE
 */
export async function tellTrust(
  report: TrustReport,
  left: readonly string[],
  format: OutputFormat,
  terminal: Terminal,
): Promise<void> {
  const { outcomes, hints, unfit } = report;
  terminal.answer(await formatList(outcomes, format, VIEW));
  if (outcomes.length === 0) terminal.note('There is nothing to do.');
  for (const { target, reason } of unfit) terminal.note(`${target}: ${reason}`);
  for (const { hint } of hints) terminal.note(hint);
  if (left.length > 0) terminal.warn(`This needs root; run it yourself:\n${left.join('\n')}`);
  refuseHalf(outcomes);
}

function refuseHalf(outcomes: readonly TrustOutcome[]): void {
  const subjectsOf = (...which: readonly TrustOutcome['outcome'][]) =>
    outcomes.filter(({ outcome }) => which.includes(outcome)).map(({ subject }) => subject);
  const failed = subjectsOf('failed');
  const taken = subjectsOf('conflict', 'changed-since');
  if (failed.length > 0)
    throw new DevregError('failure', 'TRUST_INCOMPLETE', `This did not work: ${failed.join('; ')}.`, {
      hint: 'Do what its words above say, and run the same command again.',
    });
  if (taken.length > 0)
    throw new DevregError('conflict', 'TRUST_CONFLICT', `Somebody else wrote ${taken.join(', ')}: it stays as it is.`, {
      hint: 'Look at it, and move it away where it is not needed.',
    });
  if (subjectsOf('left').length > 0)
    throw new DevregError('credentials', 'ROOT_NEEDED', 'Some of it needs root, and sudo asks for a password.', {
      hint: 'Run the commands above; devreg trust status then shows the result.',
    });
}
