/** What texts of options mean. Each gives undefined when a text makes no sense. Pure. */

const PORT_MAX = 65_535;

/** A port; 0 stands for any. */
export function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX ? Number(text) : undefined;
}

const MILLISECONDS: Readonly<Record<string, number>> = { '': 1_000, ms: 1, s: 1_000, m: 60_000 };

/** A length of time above zero: `90`, `90s`, `2m`, `500ms`. @returns milliseconds */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})(ms|s|m)?$/.exec(text) ?? [];
  const milliseconds = Number(count) * (MILLISECONDS[unit] ?? 0);
  return milliseconds > 0 ? milliseconds : undefined;
}

/** One of some words. */
export function parseChoice<const T extends string>(choices: readonly T[]): (text: string) => T | undefined {
  return (text) => choices.find((choice) => choice === text);
}

/** A switch, as flags (`true`) and variables say it. */
export function parseSwitch(text: string): boolean | undefined {
  if (['1', 'true', 'yes', 'on'].includes(text.toLowerCase())) return true;
  return ['0', 'false', 'no', 'off'].includes(text.toLowerCase()) ? false : undefined;
}

const USER_MAX = 128;

/** The name of a user. Basic authentication ends it at the first colon, and logs show it on one line. */
export function parseUserName(text: string): string | undefined {
  return text === '' || text.length > USER_MAX || /[:\p{C}\p{Z}]/u.test(text) ? undefined : text;
}

/** Any text with something in it. */
export function parseText(text: string): string | undefined {
  return text === '' ? undefined : text;
}

const COUNT_MAX = 20;

/** A number of things that a machine can have several of. */
export function parseCount(text: string): number | undefined {
  return /^\d{1,2}$/.test(text) && Number(text) <= COUNT_MAX ? Number(text) : undefined;
}

/** Two ports, `HOST:CONTAINER`, as in `22:32222`. */
export function parsePortPair(text: string): string | undefined {
  const ports = text.trim().split(':').map(parsePort);
  return ports.length === 2 && ports.every((port) => port !== undefined && port > 0) ? ports.join(':') : undefined;
}

/** An amount of bytes as Kubernetes writes it: `10Gi`, `500M`. */
export function parseQuantity(text: string): string | undefined {
  return /^[1-9]\d{0,8}(?:k|[MGT]|[KMGT]i)?$/.test(text) ? text : undefined;
}

const LINES_MAX = 1_000_000;

/** A number of lines, 0 and up. */
export function parseLineCount(text: string): number | undefined {
  return /^\d{1,7}$/.test(text) && Number(text) <= LINES_MAX ? Number(text) : undefined;
}
