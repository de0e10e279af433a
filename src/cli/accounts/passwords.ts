/** Passwords from standard input, one a line. */
import { DevregError } from '../../errors.ts';
import type { Input } from '../surroundings.ts';

/** The longest that the registry takes, for two of them. */
const INPUT_MAX = 8192;

/**
 * Reads all lines; the last one may lack its end.
 * @throws DevregError SECRET_EMPTY, SECRET_TOO_LONG
 */
export async function readPasswords(stdin: Input): Promise<readonly string[]> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > INPUT_MAX)
      throw new DevregError('usage', 'SECRET_TOO_LONG', 'What is in standard input is too long for a secret.');
  }
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (lines.includes('')) throw new DevregError('usage', 'SECRET_EMPTY', 'There is nothing in standard input.');
  return lines;
}
