/** The kinds of values that options of clusters and registries have, each with its schema. */
import { isIPv4 } from 'node:net';
import type { Kind } from './declaration.ts';
import { parseChoice, parseCount, parseDuration, parsePort, parsePortPair, parseSwitch, parseText } from './values.ts';

/** Some text. */
export function text(expected: string): Kind<string> {
  return { expected, parse: parseText, schema: { type: 'string', pattern: '^[^]+$' } };
}

/** A text of a certain form. */
function form(expected: string, pattern: RegExp): Kind<string> {
  const parse = (given: string) => (pattern.test(given) ? given : undefined);
  return { expected, parse, schema: { type: 'string', pattern: pattern.source } };
}

/** One of some words. */
export function choice<const T extends string>(choices: readonly T[]): Kind<T> {
  const expected = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return { expected, parse: parseChoice(choices), schema: { type: 'string', enum: choices } };
}

/** On or off. */
export const SWITCH: Kind<boolean> = { expected: 'yes or no', parse: parseSwitch, schema: { type: 'boolean' } };

/** A port of this machine; 0 stands for any. */
export const PORT: Kind<number> = {
  expected: 'a port, 0 to 65535',
  parse: parsePort,
  schema: { type: 'integer', minimum: 0, maximum: 65_535 },
};

/** The range of node ports, and room for one more above. */
export const NODE_PORT: Kind<number> = {
  expected: 'a port, 30000 to 32766',
  parse(given) {
    const port = parsePort(given);
    return port !== undefined && port >= 30_000 && port < 32_767 ? port : undefined;
  },
  schema: { type: 'integer', minimum: 30_000, maximum: 32_766 },
};

/** Nodes. */
export const COUNT: Kind<number> = {
  expected: 'a number of nodes, 0 to 20',
  parse: parseCount,
  schema: { type: 'integer', minimum: 0, maximum: 20 },
};

/** Milliseconds. */
export const DURATION: Kind<number> = {
  expected: 'a time such as 30s or 5m',
  parse: parseDuration,
  schema: { type: 'string', pattern: String.raw`^0*[1-9]\d*(ms|s|m)?$` },
};

/** A port of this machine and one of the control plane. */
export const PORT_PAIR: Kind<string> = {
  expected: 'pairs of ports such as 22:32222',
  parse: parsePortPair,
  schema: { type: 'string', pattern: String.raw`^\s*\d{1,5}:\d{1,5}\s*$` },
};

/** As Kubernetes writes amounts of bytes. */
export const QUANTITY = form('a size such as 10Gi', /^[1-9]\d{0,8}(?:k|[MGT]|[KMGT]i)?$/);

/** The name of a registry or cluster. */
export const NAME = form(
  'a name of lower-case letters, digits, dots and dashes',
  /^[a-z0-9](?:[a-z0-9.-]{0,48}[a-z0-9])?$/,
);

/** A name of an administrator. Basic authentication ends it at the first colon, and logs show it on one line. */
export const USER = form('a name without colons, blanks and control characters', /^[^:\p{C}\p{Z}]{1,128}$/u);

/** A namespace of Kubernetes. */
export const NAMESPACE = form('a namespace of Kubernetes', /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);

/** A Service of Kubernetes, with room for an ending; the ingress has one too. */
export const SERVICE = form(
  'a name for a Service, other than traefik',
  /^(?!traefik$)[a-z](?:[a-z0-9-]{0,52}[a-z0-9])?$/,
);

/** The value of a label; the ingress has one too. */
export const LABEL = form('a label, other than traefik', /^(?!traefik$)[a-zA-Z0-9](?:[\w.-]{0,61}[a-zA-Z0-9])?$/);

/** A version of Kubernetes. */
export const VERSION = form('a version such as v1.34.0', /^v?\d+\.\d+\.\d+(?:-[\w.]+)?$/);

/** An address to publish ports on. */
export const ADDRESS: Kind<string> = {
  expected: 'an IPv4 address such as 192.168.1.5, or 0.0.0.0 for all',
  parse: (given) => (isIPv4(given) ? given : undefined),
  schema: { type: 'string', pattern: String.raw`^(\d{1,3}\.){3}\d{1,3}$` },
};
