/** For which names a server's certificate is made, and when it is made again. */
import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, renewAuthority, type Authority } from '../../src/certs/authority.ts';
import { widenScope } from '../../src/certs/ca-scope.ts';
import { describeCertificate } from '../../src/certs/certificate-facts.ts';
import { generateKey } from '../../src/certs/keys.ts';
import { issueLeaf, needsRenewal, type Leaf } from '../../src/certs/leaf.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = new Date('2030-01-02T03:04:05Z');
const names = ['registry.localtest.me', '*.localtest.me', 'localhost', '127.0.0.1', '::1'];

let authority: Authority;
let leaf: Leaf;
beforeAll(async () => {
  authority = await createAuthority({ owner: 'ann@laptop', now, key: await generateKey(2048) });
  leaf = await issueLeaf(authority, { names, now });
});

function daysLater(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY);
}

describe('issueLeaf', () => {
  it('certifies the names for two years', () => {
    const { certificate, key } = leaf;
    expect(certificate.checkIssued(authority.certificate)).toBe(true);
    expect(certificate.verify(authority.certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(describeCertificate(certificate)).toMatchObject({ names, notAfter: daysLater(now, 730) });
    expect(certificate.validToDate.getTime() - certificate.validFromDate.getTime()).toBeLessThan(825 * DAY);
  });

  it('matches what clients check', () => {
    expect(leaf.certificate.checkHost('registry.localtest.me')).toBeDefined();
    expect(leaf.certificate.checkHost('anything.localtest.me')).toBeDefined();
    expect(leaf.certificate.checkHost('a.b.localtest.me')).toBeUndefined();
    expect(leaf.certificate.checkIP('127.0.0.1')).toBeDefined();
    expect(leaf.certificate.checkIP('::1')).toBeDefined();
    expect(leaf.certificate.checkIP('127.0.0.2')).toBeUndefined();
  });

  it('takes a name once, however it is spelt', async () => {
    const spellings = ['LOCALHOST', 'localhost.', 'localhost', '0:0::1', '[::1]'];
    const { certificate } = await issueLeaf(authority, { names: spellings, now, key: leaf.key });
    expect(describeCertificate(certificate).names).toEqual(['localhost', '::1']);
  });

  it.each([
    [['localhost', 'server01', '*.corp.example'], 'server01, *.corp.example'],
    [['8.8.8.8'], '8.8.8.8'],
  ])('refuses %j and says what to do', async (wanted, outside) => {
    await expect(issueLeaf(authority, { names: wanted, now })).rejects.toMatchObject({
      kind: 'usage',
      code: 'NAME_OUTSIDE_CA',
      message: expect.stringContaining(`may not vouch for ${outside}, only for localtest.me, `),
      hint: expect.stringMatching(/--tls-cert and --tls-key/),
    });
  });

  it('takes them from a CA whose scope has them', async () => {
    const scope = widenScope(['server01', 'corp.example', '8.8.8.8']);
    const wide = await createAuthority({ owner: 'ann@laptop', now, key: authority.key, scope });
    const { certificate } = await issueLeaf(wide, {
      names: ['server01', '*.corp.example', '8.8.8.8'],
      now,
      key: leaf.key,
    });
    expect(describeCertificate(certificate).names).toEqual(['server01', '*.corp.example', '8.8.8.8']);
  });

  it('refuses what is no name, and no names at all', async () => {
    const noName = issueLeaf(authority, { names: ['localhost:5001'], now });
    await expect(noName).rejects.toMatchObject({ kind: 'usage', code: 'NAME_INVALID' });
    await expect(issueLeaf(authority, { names: [], now })).rejects.toMatchObject({
      kind: 'usage',
      code: 'NAME_MISSING',
    });
  });

  it('does not outlive its CA', async () => {
    const { certificate } = await issueLeaf(authority, { names, now: daysLater(now, 3600), key: leaf.key });
    expect(certificate.validToDate).toEqual(authority.certificate.validToDate);
  });

  it('names an issuer outside ASCII just as the CA names itself', async () => {
    const foreign = await createAuthority({ owner: 'józef@漢', now, key: authority.key });
    const { certificate } = await issueLeaf(foreign, { names, now, key: leaf.key });
    expect(certificate.issuer).toBe(foreign.certificate.subject);
    expect(certificate.checkIssued(foreign.certificate)).toBe(true);
  });
});

describe('needsRenewal', () => {
  it.each([
    ['fresh', 0, undefined],
    ['30 days before its end', 700, undefined],
    ['a little less than 30 days before its end', 700.001, 'due'],
    ['over', 730.001, 'over'],
    ['not begun', -1.001, 'early'],
  ])('looks at the time: %s', (_, days, reason) => {
    expect(needsRenewal(leaf, authority, names, daysLater(now, days))).toBe(reason);
  });

  it('looks at the names, however they are spelt; more than needed is no reason', () => {
    expect(needsRenewal(leaf, authority, ['Localhost', '[::1]'], now)).toBeUndefined();
    expect(needsRenewal(leaf, authority, ['localhost', 'registry.localhost'], now)).toBe('names');
    expect(needsRenewal(leaf, authority, ['127.0.0.2'], now)).toBe('names');
    // A wildcard is not every name it matches: what was asked for must be in the list.
    expect(needsRenewal(leaf, authority, ['other.localtest.me'], now)).toBe('names');
  });

  it('looks at who issued it, not at what the issuer is called', async () => {
    const namesake = await createAuthority({ owner: 'ann@laptop', now, key: await generateKey(2048) });
    expect(namesake.certificate.subject).toBe(authority.certificate.subject);
    expect(needsRenewal(leaf, namesake, names, now)).toBe('authority');
    const other = await createAuthority({ owner: 'ann@desktop', now, key: authority.key });
    expect(needsRenewal(leaf, other, names, now)).toBe('authority');
  });

  it('looks at the signature', () => {
    const bytes = Buffer.from(leaf.certificate.raw);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    expect(needsRenewal({ certificate: new X509Certificate(bytes) }, authority, names, now)).toBe('authority');
  });

  it('lets the leaves of a renewed CA live on', async () => {
    expect(needsRenewal(leaf, await renewAuthority(authority, daysLater(now, 1)), names, now)).toBeUndefined();
  });
});
