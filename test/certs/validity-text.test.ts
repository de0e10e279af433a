/** The validity of certificates, read from their text, is what Node reads. */
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import forge from 'node-forge';
import { expect, it } from 'vitest';
import { readValidity } from '../../src/certs/validity-text.ts';

const keys = forge.pki.rsa.generateKeyPair({ bits: 1024 });

function certificate(notBefore: Date, notAfter: Date): string {
  const draft = forge.pki.createCertificate();
  draft.publicKey = keys.publicKey;
  draft.validity.notBefore = notBefore;
  draft.validity.notAfter = notAfter;
  draft.sign(keys.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(draft);
}

const moment = fc.date({
  min: new Date('1950-01-01T00:00:00Z'),
  max: new Date('2999-12-31T23:59:59Z'),
  noInvalidDate: true,
});

it('reads what Node reads, before and after 2050', () => {
  fc.assert(
    fc.property(moment, moment, (from, to) => {
      const text = certificate(from, to);
      const { validFromDate, validToDate } = new X509Certificate(text);
      expect(readValidity(`# a note before it\n${text}${certificate(to, from)}`)).toEqual({
        validFromDate,
        validToDate,
      });
    }),
    { numRuns: 50 },
  );
});

it.each([
  '',
  'nothing',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  '-----BEGIN CERTIFICATE-----\nMIACAQ==\n-----END CERTIFICATE-----',
])('leaves %j to others', (text) => {
  expect(readValidity(text)).toBeUndefined();
});

it('reads no validity out of a certificate cut off anywhere', () => {
  const der = forge.pem.decode(certificate(new Date(0), new Date()))[0]?.body ?? '';
  for (let end = 0; end < der.length; end++) {
    const text = `-----BEGIN CERTIFICATE-----\n${Buffer.from(der.slice(0, end), 'latin1').toString('base64')}\n-----END CERTIFICATE-----`;
    expect(readValidity(text)).toBeUndefined();
  }
});
