/** `devreg policy …`: what holds for repositories whoever acts. */
import type { Flags, OptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { formatOne } from '../accounts/answer-one.ts';
import { openCommand, refuseMore } from '../accounts/open-command.ts';
import type { Context } from '../context.ts';
import { type ListView, answerList } from '../output/list.ts';

interface PolicyRow {
  readonly kind: string;
  readonly pattern: string;
  readonly tags: string | null;
}

const VIEW: ListView<PolicyRow> = {
  columns: [
    { heading: 'POLICY', cell: ({ kind }) => kind },
    { heading: 'REPOSITORIES', cell: ({ pattern }) => pattern },
    { heading: 'TAGS', cell: ({ tags }) => tags ?? '-' },
  ],
  wideColumns: [],
  nameOf: ({ kind, pattern, tags }) => `policy/${kind}:${pattern}${tags === null ? '' : `:${tags}`}`,
};

const ALL_REPOSITORIES = '**';

const NO_POLICIES = 'No policies. devreg policy add --help says which there can be.';

/** Adds a policy. */
export async function addPolicy(
  context: Context,
  [kind, pattern]: readonly [string, string | undefined],
  flags: Flags,
): Promise<void> {
  const { client, format, isFormatted, morePasswords, more } = await openCommand(context, flags, readTags);
  refuseMore(morePasswords, 0);
  const policy = await client.addPolicy({ kind, pattern: pattern ?? ALL_REPOSITORIES, tags: more ?? null });
  context.terminal.answer(isFormatted ? await formatOne(policy, format, VIEW) : `${describe(policy)}\n`);
}

/** Removes a policy. */
export async function removePolicy(
  context: Context,
  [kind, pattern]: readonly [string, string | undefined],
  flags: Flags,
): Promise<void> {
  const { client, format, isFormatted, morePasswords, more } = await openCommand(context, flags, readTags);
  refuseMore(morePasswords, 0);
  const row = { kind, pattern: pattern ?? ALL_REPOSITORIES, tags: more ?? null };
  await client.removePolicy(row);
  const isName = isFormatted && format.kind === 'name';
  context.terminal.answer(isName ? `${VIEW.nameOf(row)}\n` : `Removed the policy ${kind} for ${row.pattern}.\n`);
}

/** Answers with all policies. */
export async function listPolicies(context: Context, flags: Flags): Promise<void> {
  const { client, format, morePasswords } = await openCommand(context, flags, () => undefined);
  refuseMore(morePasswords, 0);
  await answerList<PolicyRow>(context.terminal, await client.listPolicies(), format, VIEW, NO_POLICIES);
}

function readTags(options: OptionReader): string | undefined {
  return options.read('tags', 'a pattern of tags such as v*', parseText);
}

function describe({ kind, pattern, tags }: PolicyRow): string {
  if (kind === 'require-owner') return `Images in ${pattern} begin with the name of the user who pushes them.`;
  return `Tags ${tags ?? '*'} in ${pattern}, once set, neither move nor go.`;
}
