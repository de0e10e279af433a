/** Certificates that a stolen CA key could sign, and that no client may believe. */
import { isIP } from 'node:net';
import { readIssuer, type Authority } from '../../../src/certs/authority.ts';
import { buildCertificate, type Extension } from '../../../src/certs/certificate.ts';
import { toNameFields } from '../../../src/certs/distinguished-name.ts';
import { generateKey } from '../../../src/certs/keys.ts';
import type { Leaf } from '../../../src/certs/leaf.ts';
import { validityFrom } from '../../../src/certs/validity.ts';

/** Signs a leaf for any names at all. */
export async function signRogueLeaf(authority: Authority, names: readonly string[], now: Date): Promise<Leaf> {
  const altNames = names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }));
  return signRogue(authority, now, [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'subjectAltName', altNames },
  ]);
}

/** Signs a CA below the CA. */
export async function signRogueAuthority(authority: Authority, now: Date): Promise<Authority> {
  return signRogue(authority, now, [
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'keyUsage', critical: true, keyCertSign: true },
  ]);
}

async function signRogue(authority: Authority, now: Date, extensions: readonly Extension[]): Promise<Leaf> {
  const issuer = readIssuer(authority);
  const key = await generateKey(2048);
  const identifiers = [
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.keyIdentifier },
  ];
  const subject = toNameFields({ organizationName: 'somebody else' });
  const content = { subject, key, extensions: [...extensions, ...identifiers], ...validityFrom(now, 30) };
  return { certificate: await buildCertificate(content, issuer), key };
}
