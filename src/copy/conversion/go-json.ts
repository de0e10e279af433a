/** JSON to the byte as Go's `encoding/json` writes it, whose digests are then the same. Pure. */

/** What may be written: a map has its fields in their order, which objects with numbers for names have not. */
export type GoValue = string | number | boolean | null | readonly GoValue[] | ReadonlyMap<string, GoValue>;

/** Writes a value without blanks. */
export function formatGoJson(value: GoValue): string {
  return escapeForHtml(write(value));
}

/** What could be taken for HTML is escaped, and so are the two line ends that JavaScript once had. */
export function escapeForHtml(json: string): string {
  return json.replaceAll(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function write(value: GoValue): string {
  if (value instanceof Map) return `{${[...value].map(([name, field]) => `${write(name)}:${write(field)}`).join(',')}}`;
  return Array.isArray(value) ? `[${value.map(write).join(',')}]` : JSON.stringify(value);
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** A time by RFC 3339 as Go writes it again: nanoseconds without noughts at their end. @returns undefined for none */
export function formatGoTime(text: string): string | undefined {
  const [, seconds, fraction = '', zone = ''] = TIME.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const nanoseconds = fraction.slice(0, 9).replace(/0+$/, '');
  return `${seconds}${nanoseconds === '' ? '' : `.${nanoseconds}`}${/^[+-]00:00$/.test(zone) ? 'Z' : zone}`;
}
