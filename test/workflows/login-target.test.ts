/** Which registry, and which of its names, a login is about. */
import { describe, expect, it } from 'vitest';
import { loginNames, plainRegistry } from '../../src/workflows/login-names.ts';
import { chooseLogin, splitByResolution } from '../../src/workflows/login-target.ts';
import { CLUSTER_RECORD, RECORD } from '../state/sample-record.ts';

const OTHER = { ...RECORD, name: 'other', settings: { ...RECORD.settings, port: 9443, registryPort: 5009 } };

describe('names', () => {
  it('of a process are two', () => {
    expect(loginNames(RECORD)).toEqual(['registry.localtest.me:8443', 'localhost:5001']);
  });

  it('of a cluster are those of this machine', () => {
    expect(loginNames(CLUSTER_RECORD)).toEqual([
      'registry.localtest.me:8443',
      'images.localtest.me:8443',
      'localtest.me:8443',
      'localhost:5001',
    ]);
  });

  it.each([
    ['https://LOCALHOST:5001/v2/', 'localhost:5001'],
    ['cnoe.localtest.me:8443/gitea', 'cnoe.localtest.me:8443'],
    [' localhost:5001\n', 'localhost:5001'],
    ['', ''],
  ])('%j is %j', (text, plain) => {
    expect(plainRegistry(text)).toBe(plain);
  });
});

describe('the choice', () => {
  it('is by devreg’s name, or by any of the registry’s', () => {
    expect(chooseLogin(undefined, undefined, [RECORD]).registries).toEqual(loginNames(RECORD));
    expect(chooseLogin(undefined, 'other', [RECORD, OTHER]).record).toBe(OTHER);
    expect(chooseLogin('localhost:5009/a', undefined, [RECORD, OTHER])).toEqual({
      record: OTHER,
      registries: ['localhost:5009'],
      isNamed: true,
    });
  });

  it.each([
    ['ghcr.io', undefined, 'Choose one of registry.localtest.me:8443, localhost:5001, '],
    ['localhost:5009', 'devreg', 'Choose one of registry.localtest.me:8443, localhost:5001.'],
    [undefined, 'third', 'Choose another with --name: devreg, other.'],
  ])('%s of %s is none', (registry, name, hint) => {
    expect(() => chooseLogin(registry, name, [RECORD, OTHER])).toThrow(
      expect.objectContaining({ code: 'REGISTRY_NOT_FOUND', kind: 'not-found', hint: expect.stringContaining(hint) }),
    );
  });
});

it('tells names that lead here from those that do not', async () => {
  const asked: string[] = [];
  const split = await splitByResolution(['a.test:1', 'localhost:2', 'b.test'], async (host) => {
    asked.push(host);
    return host !== 'a.test';
  });
  expect(split).toEqual({ here: ['localhost:2', 'b.test'], lost: ['a.test:1'] });
  expect(asked).toEqual(['a.test', 'localhost', 'b.test']);
});
