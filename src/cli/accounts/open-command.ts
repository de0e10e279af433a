/** What the commands about accounts have in common: whose, as whom, and the form of the answer. */
import { type Flags, type OptionReader, createOptionReader } from '../../config/option-reader.ts';
import { parseText, parseUserName } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { type OpenAccounts, openAccounts } from '../../workflows/accounts.ts';
import { openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { type OutputFormat, READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { readPasswords } from './passwords.ts';

/** What a command goes on with. */
export interface AccountsCommand extends OpenAccounts {
  readonly format: OutputFormat;
  /** Whether a form of the answer was asked for. */
  readonly isFormatted: boolean;
  /** The lines of standard input that are not the password of whoever logs in. */
  readonly morePasswords: readonly string[];
}

/**
 * Reads the options and opens the registry's accounts.
 * @param readMore reads the options that the command has besides
 * @throws DevregError CONFIG_INVALID, OUTPUT_UNKNOWN, OPTIONS_CLASH, SECRET_EMPTY, and those of `openAccounts`
 */
export async function openCommand<T>(
  { surroundings }: Context,
  flags: Flags,
  readMore: (options: OptionReader) => T,
): Promise<AccountsCommand & { readonly more: T }> {
  const { env, machine, stdin, signal } = surroundings;
  const options = createOptionReader(flags, env);
  const name = options.read('name', 'a name', parseText);
  const registry = options.read('registry', 'an address such as https://localhost:5001', parseText);
  const user = options.read('user', 'a name without colons, blanks and control characters', parseUserName);
  const hasPasswords = options.readSwitch('passwordStdin');
  const output = options.read('output', 'a format', parseText);
  const format = parseOutputFormat(output ?? 'table', READ_FORMATS);
  const more = readMore(options);
  options.finish();
  const lines = hasPasswords ? await readPasswords(stdin) : [];
  // A variable may say who the administrator is; only who is named on the command line brings a password of their own.
  const isLogin = registry !== undefined || flags['user'] !== undefined;
  const [password] = isLogin ? lines : [];
  const opened = await openAccounts({ name, registry, user, password }, openState({ ...machine, env }), signal);
  return {
    ...opened,
    format,
    isFormatted: output !== undefined,
    morePasswords: isLogin ? lines.slice(1) : lines,
    more,
  };
}

/** Refuses lines of standard input that nobody asked for. @throws DevregError OPTIONS_CLASH */
export function refuseMore(passwords: readonly string[], expected: number): void {
  if (passwords.length <= expected) return;
  throw new DevregError('usage', 'OPTIONS_CLASH', 'Standard input holds more passwords than are needed.', {
    hint: 'One a line: first that of --user, where it is given, then the new one, where there is one.',
  });
}
