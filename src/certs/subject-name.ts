/** The names a server's certificate is for: DNS names and IP addresses in one canonical spelling. */
import { isIP, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { DevregError } from '../errors.ts';

/** A DNS name in lower case, possibly `*.` and a domain; or an IP address as its family writes it. */
export interface SubjectName {
  readonly kind: 'dns' | 'ip';
  readonly value: string;
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** RFC 1035 §3.1 without the length bytes at both ends. */
const LONGEST_DOMAIN = 253;

/**
 * Reads a DNS name (also `*.example`, also with letters beyond ASCII) or an IP address (also in brackets).
 * @throws DevregError NAME_INVALID
 */
export function parseSubjectName(text: string): SubjectName {
  const name = toSubjectName(text);
  if (name !== undefined) return name;
  throw new DevregError('usage', 'NAME_INVALID', `${JSON.stringify(text)} is neither a DNS name nor an IP address.`, {
    hint: 'Give the bare name, such as registry.localtest.me or 192.168.1.10, without scheme, port or path.',
  });
}

/** @returns the name, or undefined when the text is neither a DNS name nor an IP address */
export function toSubjectName(text: string): SubjectName | undefined {
  const address = toAddress(text.replace(/^\[(.*)\]$/, '$1'));
  if (address !== undefined) return { kind: 'ip', value: address };
  const prefix = text.startsWith('*.') ? '*.' : '';
  const domain = toDomain(text.slice(prefix.length));
  return domain === undefined ? undefined : { kind: 'dns', value: prefix + domain };
}

/** @returns the domain in lower case and ASCII, or undefined when the text is not a domain */
export function toDomain(text: string): string | undefined {
  // The conversion drops line breaks and other invisible characters instead of refusing them.
  if (/[\p{C}\p{Z}]/u.test(text)) return undefined;
  const ascii = /^[\x21-\x7e]*$/.test(text) ? text.toLowerCase() : domainToASCII(text);
  const domain = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  const labels = domain.split('.');
  const isDomain = domain.length <= LONGEST_DOMAIN && labels.every((label) => LABEL.test(label));
  // What ends in a number is an address to every URL parser, or a mistake.
  return isDomain && !/^\d+$/.test(labels.at(-1) ?? '') ? domain : undefined;
}

/** @returns the address as its family writes it, or undefined when the text is none or has a zone */
export function toAddress(text: string): string | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  return isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
}
