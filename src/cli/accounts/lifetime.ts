/** How long an access token lives, as people write it. Pure. */

const SECONDS: ReadonlyMap<string, number> = new Map([
  ['m', 60],
  ['h', 3_600],
  ['d', 24 * 3_600],
  ['w', 7 * 24 * 3_600],
  ['y', 365 * 24 * 3_600],
]);

/** What a lifetime must be. */
export const LIFETIME = 'a time such as 90d, 12h or 1y, or never';

/** @returns seconds, `never`, or undefined when the text makes no sense */
export function parseLifetime(text: string): number | 'never' | undefined {
  if (text === 'never') return text;
  const [, count, unit = ''] = /^([1-9]\d{0,5})([mhdwy])$/.exec(text) ?? [];
  const seconds = SECONDS.get(unit);
  return count === undefined || seconds === undefined ? undefined : Number(count) * seconds;
}
