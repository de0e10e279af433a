/** `devreg permission …`: who may do what in which repositories. */
import type { Flags } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { formatOne } from '../accounts/answer-one.ts';
import { openCommand, refuseMore } from '../accounts/open-command.ts';
import type { Context } from '../context.ts';
import { type ListView, answerList } from '../output/list.ts';

interface PermissionRow {
  readonly grantee: string;
  readonly pattern: string;
  readonly actions: readonly string[];
}

const VIEW: ListView<PermissionRow> = {
  columns: [
    { heading: 'GRANTEE', cell: ({ grantee }) => grantee },
    { heading: 'REPOSITORIES', cell: ({ pattern }) => pattern },
    { heading: 'ACTIONS', cell: ({ actions }) => actions.join(',') },
  ],
  wideColumns: [],
  nameOf: ({ grantee, pattern }) => `permission/${grantee}:${pattern}`,
};

const NO_PERMISSIONS = 'No permissions. devreg permission grant --help says how to give some.';

/** Adds actions to what somebody may do. */
export async function grantPermission(
  context: Context,
  [grantee, pattern, actions]: readonly [string, string, readonly string[]],
  flags: Flags,
): Promise<void> {
  const { client, format, isFormatted, morePasswords } = await openCommand(context, flags, () => undefined);
  refuseMore(morePasswords, 0);
  const granted = await client.grantPermission({ grantee, pattern, actions: splitActions(actions) });
  const sentence = `${granted.grantee} may ${granted.actions.join(', ')} in ${granted.pattern}.\n`;
  context.terminal.answer(isFormatted ? await formatOne<PermissionRow>(granted, format, VIEW) : sentence);
}

/** Takes actions from what somebody may do, or all of them. */
export async function revokePermission(
  context: Context,
  [grantee, pattern, actions]: readonly [string, string, readonly string[]],
  flags: Flags,
): Promise<void> {
  const { client, format, isFormatted, morePasswords } = await openCommand(context, flags, () => undefined);
  refuseMore(morePasswords, 0);
  const row = { grantee, pattern, actions: splitActions(actions) };
  await client.revokePermission(row);
  const what = row.actions.length === 0 ? 'the permission' : row.actions.join(', ');
  const isName = isFormatted && format.kind === 'name';
  context.terminal.answer(isName ? `${VIEW.nameOf(row)}\n` : `Took ${what} from ${grantee} in ${pattern}.\n`);
}

/** Answers with the permissions that can be seen, perhaps of one grantee. */
export async function listPermissions(context: Context, flags: Flags): Promise<void> {
  const command = await openCommand(context, flags, (options) => options.read('for', 'a grantee', parseText));
  refuseMore(command.morePasswords, 0);
  const wanted = command.more?.toLowerCase();
  const all = await command.client.listPermissions();
  const shown = all.filter(({ grantee }) => wanted === undefined || grantee.toLowerCase() === wanted);
  await answerList<PermissionRow>(context.terminal, shown, command.format, VIEW, NO_PERMISSIONS);
}

/** Actions may be separated by blanks and by commas. */
function splitActions(words: readonly string[]): readonly string[] {
  return [...new Set(words.flatMap((word) => word.split(',')).filter((word) => word !== ''))];
}
