/** What a CA says about itself. */
import type { KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, readIssuer, renewAuthority } from '../../src/certs/authority.ts';
import { DEFAULT_SCOPE, widenScope } from '../../src/certs/ca-scope.ts';
import { describeCertificate } from '../../src/certs/certificate-facts.ts';
import { generateKey } from '../../src/certs/keys.ts';

const now = new Date('2030-01-02T03:04:05Z');

let key: KeyObject;
beforeAll(async () => {
  key = await generateKey(2048);
});

describe('createAuthority', () => {
  it('signs itself, for ten years from a day ago', async () => {
    const { certificate } = await createAuthority({ owner: 'ann@laptop', now, key });
    expect(certificate.ca).toBe(true);
    expect(certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(describeCertificate(certificate)).toEqual({
      subject: 'O=devreg development CA, OU=ann@laptop, CN=devreg ann@laptop',
      notBefore: new Date('2030-01-01T03:04:05Z'),
      notAfter: new Date('2040-01-02T03:04:05Z'),
      fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      names: [],
    });
  });

  it('makes a key of 3072 bits when it is given none', async () => {
    const authority = await createAuthority({ owner: 'ann@laptop', now });
    expect(authority.key.asymmetricKeyDetails).toMatchObject({ modulusLength: 3072 });
    expect(authority.certificate.checkPrivateKey(authority.key)).toBe(true);
  });

  it('is constrained to the default scope, or to the one that is asked for', async () => {
    const usual = readIssuer(await createAuthority({ owner: 'ann@laptop', now, key })).scope;
    expect(usual.domains).toEqual(DEFAULT_SCOPE.domains);
    expect(usual.networks).toHaveLength(DEFAULT_SCOPE.networks.length);
    const wide = readIssuer(
      await createAuthority({ owner: 'ann@laptop', now, key, scope: widenScope(['corp.example']) }),
    ).scope;
    expect(wide.domains).toEqual([...DEFAULT_SCOPE.domains, 'corp.example']);
  });

  it('has a serial number of its own, of 128 random bits that no zero can lead', async () => {
    const authorities = await Promise.all(
      Array.from({ length: 20 }, () => createAuthority({ owner: 'a@b', now, key })),
    );
    const serials = authorities.map(({ certificate }) => certificate.serialNumber);
    expect(new Set(serials).size).toBe(20);
    for (const serial of serials) expect(serial).toMatch(/^01[0-9A-F]{32}$/);
  });

  it('says whose it is in any script, without what would spoil a terminal or X.509', async () => {
    const owner = `józef\u001b[31m\n@${'漢'.repeat(80)}`;
    const { subject } = describeCertificate((await createAuthority({ owner, now, key })).certificate);
    const [, unit = ''] = /OU=([^,]*)/.exec(subject) ?? [];
    expect(unit).toMatch(/^józef \[31m @漢+$/);
    expect([...unit]).toHaveLength(64);
  });

  it('can live beyond 2049, when dates are written in another way', async () => {
    const { certificate } = await createAuthority({ owner: 'a@b', now: new Date('2045-01-01T00:00:00Z'), key });
    expect(certificate.validToDate).toEqual(new Date('2055-01-01T00:00:00Z'));
  });
});

describe('renewAuthority', () => {
  it('keeps name, key and scope, and begins a new life', async () => {
    const scope = widenScope(['corp.example']);
    const old = await createAuthority({ owner: 'józef@laptop', now, key, scope });
    const renewed = await renewAuthority(old, new Date('2039-12-24T00:00:00Z'));
    expect(renewed.certificate.subject).toBe(old.certificate.subject);
    expect(renewed.key.equals(old.key)).toBe(true);
    expect(readIssuer(renewed)).toEqual(readIssuer(old));
    expect(renewed.certificate.serialNumber).not.toBe(old.certificate.serialNumber);
    expect(renewed.certificate.validToDate).toEqual(new Date('2049-12-23T00:00:00Z'));
  });
});
