/** Words for shells. Pure. */

/** Writes one word so that a POSIX shell takes it as it is. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
