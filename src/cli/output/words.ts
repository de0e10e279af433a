/** Numbers and moments in words. Pure. */

/** `1 image`, `2 images`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** A moment in ISO 8601 without fractions of a second. */
export function toSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
