/** Annotations as one column of text. */

/** JSON, which writes NUL and lone surrogates as escapes, so that they come back from SQLite as they were. */
export function writeAnnotations(annotations: Readonly<Record<string, string>> | undefined): string | null {
  return annotations === undefined ? null : JSON.stringify(annotations);
}

/** The opposite of `writeAnnotations`. */
export function readAnnotations(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null)
    throw new TypeError('The column annotations does not hold an object.');
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}
