/** Text that may have come from strangers, such as names, labels and answers of registries, as a terminal may show it. */

/** Control characters but newline and tab, and what turns the direction of writing around. */
const UNPRINTABLE = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu;

/** Shows what would move the cursor, colour the screen or hide itself as the signs it is written with: `\u{1b}`. Pure. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (sign) => `\\u{${sign.codePointAt(0)?.toString(16) ?? ''}}`);
}
