/** Secrets, in the shape that scripts for idpbuilder read (S0-05 to S0-07). */
import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../src/workflows/secrets.ts';
import { RECORD } from '../state/sample-record.ts';

const CREDENTIALS = { password: 'the-password', token: 'the-token' };
const FOLDERS = { data: '/d', state: '/s', cache: '/c' };

it('has both forms of every field', () => {
  expect(secretsOf(RECORD, CREDENTIALS, [], FOLDERS)).toEqual([
    {
      IsCore: true,
      name: 'registry-credential',
      namespace: 'devreg',
      username: 'giteaAdmin',
      password: 'the-password',
      token: 'the-token',
      registry: 'registry.localtest.me:8443',
      url: 'https://registry.localtest.me:8443',
      ca: '/d/ca/ca.crt',
      data: { username: 'giteaAdmin', password: 'the-password', token: 'the-token' },
    },
  ]);
});

it('says that there is no TLS', () => {
  const record = { ...RECORD, settings: { ...RECORD.settings, tls: 'off' as const } };
  expect(secretsOf(record, CREDENTIALS, [], FOLDERS)).toMatchObject([
    { url: 'http://registry.localtest.me:8443', ca: null },
  ]);
});

describe('packages', () => {
  it.each([
    [['registry'], 1],
    [['gitea'], 1],
    [['argocd', 'gitea'], 1],
    [['registry', 'gitea'], 1],
    [['argocd'], 0],
    [['Registry'], 0],
  ])('%j have %i', (packages, count) => {
    expect(secretsOf(RECORD, CREDENTIALS, packages, FOLDERS)).toHaveLength(count);
  });
});

it('has nothing where the credentials are gone', () => {
  expect(secretsOf(RECORD, undefined, [], FOLDERS)).toEqual([]);
});
