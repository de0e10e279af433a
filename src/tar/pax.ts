/** Extended headers: what does not fit a plain one, as lines of text before it. */

/** Writes one line, which begins with its own length in bytes. */
export function formatPaxRecord(keyword: string, value: string): string {
  const rest = ` ${keyword}=${value}\n`;
  const restLength = Buffer.byteLength(rest);
  let length = restLength;
  while (length !== restLength + String(length).length) length = restLength + String(length).length;
  return `${length}${rest}`;
}

/**
 * Reads the lines of an extended header.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
 * @returns undefined when they are damaged
 */
export function parsePaxRecords(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const blank = bytes.indexOf(' ', at);
    const length = blank < 0 ? Number.NaN : Number(bytes.toString('latin1', at, blank));
    if (!Number.isSafeInteger(length) || length <= blank - at || at + length > bytes.length) return undefined;
    const line = bytes.toString('utf8', blank + 1, at + length);
    const equals = line.indexOf('=');
    if (equals < 1 || !line.endsWith('\n')) return undefined;
    records.set(line.slice(0, equals), line.slice(equals + 1, -1));
    at += length;
  }
  return records;
}
