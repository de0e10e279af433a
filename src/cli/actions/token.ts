/** `devreg token …`: access tokens, for programs and for logging in without the password. */
import type { Flags, OptionReader } from '../../config/option-reader.ts';
import { parseText, parseUserName } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { answerSecret } from '../accounts/answer-one.ts';
import { LIFETIME, parseLifetime } from '../accounts/lifetime.ts';
import { openCommand, refuseMore } from '../accounts/open-command.ts';
import type { Context } from '../context.ts';
import { type ListView, answerList } from '../output/list.ts';
import { toSeconds } from '../output/words.ts';

/** A token as shown; its text only where it was created just now. */
interface TokenRow {
  readonly name: string;
  readonly user: string;
  readonly scopes: readonly string[] | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly token?: string;
}

const VIEW: ListView<TokenRow> = {
  columns: [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'USER', cell: ({ user }) => user },
    { heading: 'SCOPES', cell: ({ scopes }) => scopes?.join(' ') ?? 'all' },
    { heading: 'EXPIRES', cell: ({ expiresAt }) => (expiresAt === null ? 'never' : toSeconds(expiresAt)) },
    { heading: 'LAST USED', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : toSeconds(lastUsedAt)) },
  ],
  wideColumns: [{ heading: 'CREATED', cell: ({ createdAt }) => toSeconds(createdAt) }],
  nameOf: ({ name }) => `token/${name}`,
};

const SECRET_VIEW: ListView<TokenRow> = {
  ...VIEW,
  columns: [...VIEW.columns.slice(0, 4), { heading: 'TOKEN', cell: ({ token }) => token ?? '-' }],
};

const NO_TOKENS = 'No access tokens. Make one with devreg token create NAME.';

/** Creates a token and shows it this once: alone on standard output unless a form was asked for. */
export async function createToken(context: Context, name: string, flags: Flags): Promise<void> {
  const command = await openCommand(context, flags, (options) => ({
    owner: readOwner(options),
    scopes: options.readAll('scope', 'a scope such as repository:team/*:pull,push', parseText),
    lifetime: options.read('expires', LIFETIME, parseLifetime) ?? 'never',
  }));
  const { client, format, isFormatted, morePasswords, more } = command;
  refuseMore(morePasswords, 0);
  const expiresIn = more.lifetime === 'never' ? undefined : more.lifetime;
  const created = await client.createToken(more.owner ?? client.user, { name, scopes: more.scopes, expiresIn });
  const end = created.expiresAt === null ? 'has no end' : `ends ${toSeconds(created.expiresAt)}`;
  const note = `Created the token ${created.name} of ${created.user}, which ${end}. It is shown this once:`;
  await answerSecret(context, created.token, note, created, isFormatted ? format : undefined, SECRET_VIEW);
}

/** Answers with the tokens of one user, or of all. */
export async function listTokens(context: Context, flags: Flags): Promise<void> {
  const command = await openCommand(context, flags, (options) => ({
    owner: readOwner(options),
    isAll: options.readSwitch('all'),
  }));
  const { client, format, morePasswords, more } = command;
  refuseMore(morePasswords, 0);
  if (more.isAll && more.owner !== undefined)
    throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --all or --for.');
  const users = more.isAll ? (await client.listUsers()).map(({ name }) => name) : [more.owner ?? client.user];
  const tokens: TokenRow[] = [];
  for (const user of users) tokens.push(...(await client.listTokens(user)));
  await answerList(context.terminal, tokens, format, VIEW, NO_TOKENS);
}

/** Revokes tokens: from now on they are nobody's. */
export async function revokeTokens(context: Context, names: readonly string[], flags: Flags): Promise<void> {
  const command = await openCommand(context, flags, readOwner);
  const { client, format, isFormatted, morePasswords, more: owner } = command;
  refuseMore(morePasswords, 0);
  for (const name of names) {
    await client.revokeToken(owner ?? client.user, name);
    const isName = isFormatted && format.kind === 'name';
    context.terminal.answer(isName ? `token/${name}\n` : `Revoked the token ${name}.\n`);
  }
}

function readOwner(options: OptionReader): string | undefined {
  return options.read('for', 'a name without colons, blanks and control characters', parseUserName);
}
