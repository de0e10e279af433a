/** The user's own certificate authority: trusted on this machine, and good for nothing but names of this machine. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { DEFAULT_SCOPE, type CaScope } from './ca-scope.ts';
import { buildCertificate, type Issuer, type NameFields } from './certificate.ts';
import { subjectOf, toNameFields } from './distinguished-name.ts';
import { generateKey } from './keys.ts';
import { decodeNameConstraints, encodeNameConstraints, NAME_CONSTRAINTS_OID } from './name-constraints.ts';
import { validityFrom } from './validity.ts';

/** NIST SP 800-57 gives 2048 bits until 2030 only; this key is used for longer. */
export const AUTHORITY_KEY_BITS = 3072;

/** Ten years, leap days included. */
const LIFETIME_DAYS = 3652;

/** A CA and its private key. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** What a new CA is to be. */
export interface NewAuthority {
  /** Whose it is, `user@host`: shown wherever the CA is listed. */
  readonly owner: string;
  readonly now: Date;
  /** What it may vouch for; DEFAULT_SCOPE when absent. */
  readonly scope?: CaScope;
  /** The private key; a new one when absent. */
  readonly key?: KeyObject;
}

/** Makes a self-signed CA that is constrained to its scope and may not have CAs below it. */
export async function createAuthority({ owner, now, scope, key }: NewAuthority): Promise<Authority> {
  const organizationName = 'devreg development CA';
  const subject = toNameFields({ organizationName, organizationalUnitName: owner, commonName: `devreg ${owner}` });
  return signOwn(subject, scope ?? DEFAULT_SCOPE, key ?? (await generateKey(AUTHORITY_KEY_BITS)), now);
}

/** Makes the same CA again with a new lifetime; what it has issued stays valid, since its key and name stay. */
export async function renewAuthority(authority: Authority, now: Date): Promise<Authority> {
  const { subject, scope } = readIssuer(authority);
  return signOwn(subject, scope, authority.key, now);
}

/** A CA as the one who signs. */
export interface KnownIssuer extends Issuer {
  /** The CA's subject key identifier, one character a byte. */
  readonly keyIdentifier: string;
  readonly scope: CaScope;
}

/** Reads off a CA's certificate what is needed to issue below it. */
export function readIssuer({ certificate, key }: Authority): KnownIssuer {
  const parsed = forge.pki.certificateFromPem(certificate.toString());
  const constraints = parsed.extensions.find(({ id }) => id === NAME_CONSTRAINTS_OID);
  return {
    subject: subjectOf(parsed),
    key,
    keyIdentifier: parsed.generateSubjectKeyIdentifier().getBytes(),
    scope: constraints === undefined ? { domains: [], networks: [] } : decodeNameConstraints(String(constraints.value)),
  };
}

async function signOwn(subject: NameFields, scope: CaScope, key: KeyObject, now: Date): Promise<Authority> {
  const extensions = [
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true },
    // Name constraints leave mail and programs alone; this keeps a stolen key from signing those.
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: true },
    { id: NAME_CONSTRAINTS_OID, critical: true, value: encodeNameConstraints(scope) },
  ];
  const content = { subject, key, extensions, ...validityFrom(now, LIFETIME_DAYS) };
  return { certificate: await buildCertificate(content, { subject, key }), key };
}
