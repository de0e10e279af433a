/** The container's own variables: what is understood, refused and ignored. */
import { describe, expect, it } from 'vitest';
import { readOwnVariables } from '../../../src/registry/container/own-variables.ts';

const nothing = { settings: {}, user: undefined, problems: [], ignored: [] };

describe('own variables', () => {
  it.each([
    ['DEVREG_DURABILITY', 'fast', { durability: 'fast' }],
    ['DEVREG_ALLOW_SPARSE_INDEXES', 'Yes', { allowSparse: true }],
    ['DEVREG_ANONYMOUS_PUSH', 'off', { anonymousPush: false }],
    ['DEVREG_ANONYMOUS_PUSH', '1', { anonymousPush: true }],
    ['DEVREG_REQUIRE_OWNER', 'yes', { requireOwner: true }],
    ['DEVREG_REQUIRE_OWNER', '0', { requireOwner: false }],
    ['DEVREG_TRUSTED_PROXY', '10.0.0.0/8, ::1/128', { trustedProxies: ['10.0.0.0/8', '::1/128'] }],
    [
      'DEVREG_ROUTE',
      'cnoe.localtest.me:8443/gitea=,/a/{name}=b/{name}',
      {
        routes: [
          { host: 'cnoe.localtest.me:8443', path: ['gitea'], repository: [], inNames: true },
          { host: undefined, path: ['a', '{name}'], repository: ['b', '{name}'], inNames: true },
        ],
      },
    ],
  ])('%s=%s is understood', (name, value, settings) => {
    expect(readOwnVariables({ [name]: value })).toEqual({ ...nothing, settings });
  });

  it.each([
    { DEVREG_DURABILITY: 'FULL' },
    { DEVREG_ALLOW_SPARSE_INDEXES: 'maybe' },
    { DEVREG_TRUSTED_PROXY: '10.0.0.0/8,everybody' },
    { DEVREG_ROUTE: '/a=b,' },
    { DEVREG_USER: 'admin' },
    { DEVREG_USER: 'a:b', DEVREG_PASSWORD_FILE: '/p' },
    { DEVREG_USER: 'a b', DEVREG_PASSWORD_FILE: '/p' },
    { DEVREG_USER: 'a'.repeat(129), DEVREG_PASSWORD_FILE: '/p' },
    { DEVREG_PASSWORD_FILE: '/p' },
    { DEVREG_TOKEN_FILE: '/t' },
  ])('%j keeps it from starting', (environment) => {
    const { problems, user } = readOwnVariables(environment);
    expect(problems).toEqual([expect.stringContaining('DEVREG_')]);
    expect(user).toBeUndefined();
  });

  it('tell where the secrets of the administrator are', () => {
    const environment = { DEVREG_USER: 'admin', DEVREG_PASSWORD_FILE: '/p', DEVREG_TOKEN_FILE: '/t' };
    expect(readOwnVariables(environment).user).toEqual({ name: 'admin', passwordFile: '/p', tokenFile: '/t' });
    expect(readOwnVariables({ ...environment, DEVREG_TOKEN_FILE: '' }).user?.tokenFile).toBeUndefined();
  });

  it('may hold more that says nothing to the registry, and what Kubernetes adds is not worth a word', () => {
    const environment = { DEVREG_DURABILTY: 'full', DEVREG_PORT_5000_TCP: 'tcp://x', DEVREG_SERVICE_HOST: 'x', A: 'b' };
    expect(readOwnVariables(environment)).toEqual({ ...nothing, ignored: ['DEVREG_DURABILTY'] });
  });
});
