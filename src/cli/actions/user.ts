/** `devreg user …`: who may log in to a registry. */
import type { Flags, OptionReader } from '../../config/option-reader.ts';
import { newPassword, refuseKept } from '../../workflows/accounts.ts';
import { formatOne, answerSecret } from '../accounts/answer-one.ts';
import { openCommand, refuseMore } from '../accounts/open-command.ts';
import type { Context } from '../context.ts';
import { type ListView, formatList } from '../output/list.ts';

/** A user as shown; the password only where it was drawn just now. */
interface UserRow {
  readonly name: string;
  readonly admin?: boolean;
  readonly password?: string;
}

const VIEW: ListView<UserRow> = {
  columns: [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'ROLE', cell: ({ admin }) => (admin === true ? 'administrator' : 'user') },
  ],
  wideColumns: [],
  nameOf: ({ name }) => `user/${name}`,
};

const SECRET_VIEW: ListView<UserRow> = {
  ...VIEW,
  columns: [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'PASSWORD', cell: ({ password }) => password ?? '-' },
  ],
};

const ROTATE_HINT = 'devreg rotate draws a new password and gives it to registry and clients.';

/** Adds a user, with a password from standard input or a drawn one, which is shown this once. */
export async function addUser(context: Context, name: string, flags: Flags): Promise<void> {
  const readAdmin = (options: OptionReader) => options.readSwitch('admin');
  const command = await openCommand(context, flags, readAdmin);
  const { client, format, isFormatted, morePasswords, more: admin } = command;
  refuseMore(morePasswords, 1);
  const [given] = morePasswords;
  const password = given ?? newPassword();
  const user = await client.addUser({ name, password, admin });
  const note = `Added the ${admin ? 'administrator' : 'user'} ${user.name}.`;
  if (given === undefined) {
    const row = { ...user, password };
    const shown = `${note} The password is shown this once:`;
    await answerSecret(context, password, shown, row, isFormatted ? format : undefined, SECRET_VIEW);
  } else context.terminal.answer(isFormatted ? await formatOne(user, format, VIEW) : `${note}\n`);
}

/** Answers with all users. */
export async function listUsers(context: Context, flags: Flags): Promise<void> {
  const { client, format, morePasswords } = await openCommand(context, flags, () => undefined);
  refuseMore(morePasswords, 0);
  context.terminal.answer(await formatList<UserRow>(await client.listUsers(), format, VIEW));
}

/** Changes a password; what was issued for the old one ends. */
export async function changePassword(context: Context, name: string, flags: Flags): Promise<void> {
  const command = await openCommand(context, flags, () => undefined);
  const { client, format, isFormatted, morePasswords } = command;
  refuseMore(morePasswords, 1);
  refuseKept(name, command, ROTATE_HINT);
  const [given] = morePasswords;
  const password = given ?? newPassword();
  await client.changePassword(name, password);
  const note = `Changed the password of ${name}.`;
  if (given !== undefined) {
    context.terminal.answer(`${note}\n`);
    return;
  }
  const row = { name, password };
  const shown = `${note} It is shown this once:`;
  await answerSecret(context, password, shown, row, isFormatted ? format : undefined, SECRET_VIEW);
}

/** Removes users with their tokens and permissions. */
export async function removeUsers(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  const command = await openCommand(context, flags, () => undefined);
  refuseMore(command.morePasswords, 0);
  for (const name of names) refuseKept(name, command, 'devreg delete --volumes removes it together with the registry.');
  for (const name of names) {
    await command.client.removeUser(name);
    context.terminal.answer(
      command.isFormatted && command.format.kind === 'name' ? `user/${name}\n` : `Removed the user ${name}.\n`,
    );
  }
}
