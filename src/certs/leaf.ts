/** Certificates of servers: for which names one is made, and when it must be made again. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { DevregError } from '../errors.ts';
import { readIssuer, type Authority, type KnownIssuer } from './authority.ts';
import { permits, type CaScope } from './ca-scope.ts';
import { buildCertificate, type Extension } from './certificate.ts';
import { describeCertificate } from './certificate-facts.ts';
import { toNameFields } from './distinguished-name.ts';
import { generateKey } from './keys.ts';
import { parseSubjectName, type SubjectName } from './subject-name.ts';
import { phaseOf, validityFrom } from './validity.ts';

export const LEAF_KEY_BITS = 2048;

/** Two years; Apple's systems refuse certificates that live longer than 825 days. */
const LIFETIME_DAYS = 730;

/** Tags of GeneralName, RFC 5280 §4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/**
 * A server's certificate and its private key. The certificate alone is what the server sends: it was issued by the
 * root itself, and a root that a client does not have already is of no use to it.
 */
export interface Leaf {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** What a new leaf is to be. */
export interface NewLeaf {
  /** DNS names, wildcards and IP addresses; at least one. */
  readonly names: readonly string[];
  readonly now: Date;
  /** The private key; a new one when absent. */
  readonly key?: KeyObject;
}

/**
 * Issues a server's certificate.
 * @throws DevregError NAME_INVALID, or NAME_OUTSIDE_CA when the CA may not vouch for one of the names
 */
export async function issueLeaf(authority: Authority, { names, now, key }: NewLeaf): Promise<Leaf> {
  const subjectNames = parseNames(names);
  const issuer = readIssuer(authority);
  refuseOutside(subjectNames, issuer.scope);
  const validity = validityFrom(now, LIFETIME_DAYS);
  const content = {
    subject: toNameFields({ organizationName: 'devreg development certificate' }),
    notBefore: validity.notBefore,
    notAfter: earlier(validity.notAfter, authority.certificate.validToDate),
    extensions: leafExtensions(subjectNames, issuer),
    key: key ?? (await generateKey(LEAF_KEY_BITS)),
  };
  return { certificate: await buildCertificate(content, issuer), key: content.key };
}

/** Why a leaf must be made again: its time is near or past or not come, it lacks a name, or another CA issued it. */
export type RenewalReason = 'due' | 'over' | 'early' | 'names' | 'authority';

/** @returns why the leaf must be made again, or undefined when it is good for these names */
export function needsRenewal(
  leaf: Pick<Leaf, 'certificate'>,
  authority: Pick<Authority, 'certificate'>,
  names: readonly string[],
  now: Date,
): RenewalReason | undefined {
  const { certificate } = leaf;
  const issued = certificate.checkIssued(authority.certificate) && certificate.verify(authority.certificate.publicKey);
  if (!issued) return 'authority';
  const covered = new Set(describeCertificate(certificate).names);
  if (!parseNames(names).every(({ value }) => covered.has(value))) return 'names';
  const phase = phaseOf(certificate, now);
  return phase === 'fresh' ? undefined : phase;
}

function parseNames(names: readonly string[]): SubjectName[] {
  if (names.length > 0) return [...new Map(names.map(parseSubjectName).map((name) => [name.value, name])).values()];
  throw new DevregError('usage', 'NAME_MISSING', 'A certificate needs at least one name.');
}

function refuseOutside(names: readonly SubjectName[], scope: CaScope): void {
  const outside = names.filter((name) => !permits(scope, name)).map(({ value }) => value);
  if (outside.length === 0) return;
  const covered = [...scope.domains, ...scope.networks].join(', ');
  const message = `The certificate authority of devreg may not vouch for ${outside.join(', ')}, only for ${covered}.`;
  throw new DevregError('usage', 'NAME_OUTSIDE_CA', message, {
    hint: 'Give a certificate of your own with --tls-cert and --tls-key, or choose names that it covers.',
  });
}

function leafExtensions(names: readonly SubjectName[], issuer: KnownIssuer): Extension[] {
  const altNames = names.map(({ kind, value }) => {
    return kind === 'ip' ? { type: IP_ADDRESS, ip: value } : { type: DNS_NAME, value };
  });
  return [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.keyIdentifier },
  ];
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
