/** What a certificate says about itself, for people and for decisions. */
import type { X509Certificate } from 'node:crypto';
import { toSubjectName } from './subject-name.ts';

/** Facts worth printing. */
export interface CertificateFacts {
  /** On one line, attributes separated by commas. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 in upper-case hex, bytes separated by colons. */
  readonly fingerprint: string;
  /** DNS names and IP addresses it is for; none for a CA. */
  readonly names: readonly string[];
}

/** Reads the facts off a certificate. */
export function describeCertificate(certificate: X509Certificate): CertificateFacts {
  return {
    subject: certificate.subject.split('\n').join(', '),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    fingerprint: certificate.fingerprint256,
    names: namesOf(certificate),
  };
}

/** Names of other sorts (e-mail, URI) are left out, and so are those that node:crypto had to quote. */
function namesOf(certificate: X509Certificate): string[] {
  const entries = certificate.subjectAltName?.split(', ') ?? [];
  return entries.flatMap((entry) => {
    const name = toSubjectName(/^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? '');
    return name === undefined ? [] : [name.value];
  });
}
