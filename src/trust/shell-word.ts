/** Words for POSIX shells, in commands that are shown to people. Pure. */

/** Writes one word so that a shell takes it as it is. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
