/** What a CA may vouch for. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE, permits, widenScope } from '../../src/certs/ca-scope.ts';
import { parseSubjectName } from '../../src/certs/subject-name.ts';

describe('permits', () => {
  it.each([
    'registry.localtest.me',
    'localtest.me',
    '*.localtest.me',
    '*.apps.localtest.me',
    'localhost',
    'registry.localhost',
    'registry.devreg.svc.cluster.local',
    'registry.devreg.svc',
    'registry.devreg',
    'host.docker.internal',
    'host.containers.internal',
    '127.0.0.1',
    '127.255.255.255',
    '::1',
    '10.96.0.50',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.7',
    'fc00::1',
    'fdff::1',
  ])('has %s in the default scope', (name) => {
    expect(permits(DEFAULT_SCOPE, parseSubjectName(name))).toBe(true);
  });

  it.each([
    'example.com',
    'notlocaltest.me',
    'me',
    '*.me',
    'localtest.me.example',
    'svc.example',
    'metadata.google.internal',
    'internal',
    'server01',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '192.169.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::',
    '::2',
    'fe80::1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
  ])('does not have %s in the default scope', (name) => {
    expect(permits(DEFAULT_SCOPE, parseSubjectName(name))).toBe(false);
  });

  it('takes a scope without names of a sort as open to that sort', () => {
    const domainsOnly = { domains: ['corp.example'], networks: [] };
    expect(permits(domainsOnly, parseSubjectName('8.8.8.8'))).toBe(true);
    expect(permits(domainsOnly, parseSubjectName('example.com'))).toBe(false);
  });
});

describe('widenScope', () => {
  it('adds domains, networks and single addresses to the default', () => {
    const scope = widenScope(['Corp.Example', '100.64.0.0/10', '203.0.113.9', '2001:db8::/32']);
    expect(scope.domains.slice(-2)).toEqual(['containers.internal', 'corp.example']);
    expect(scope.networks.slice(-3)).toEqual(['100.64.0.0/10', '203.0.113.9/32', '2001:db8::/32']);
    for (const name of ['registry.corp.example', '100.100.1.1', '203.0.113.9', '2001:db8::7', 'localhost']) {
      expect(permits(scope, parseSubjectName(name))).toBe(true);
    }
    expect(permits(scope, parseSubjectName('203.0.113.10'))).toBe(false);
  });

  it.each(['', '.', '*', '*.corp.example', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', 'a b'])(
    'refuses %j',
    (text) => {
      const refusal = { kind: 'usage', code: 'SCOPE_INVALID', hint: expect.stringContaining('corp.example') };
      expect(() => widenScope([text])).toThrow(expect.objectContaining(refusal));
    },
  );
});
