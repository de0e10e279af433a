/** What `registry serve` makes of flags, `DEVREG_*` and `REGISTRY_*` (S2-01). */
import { describe, expect, it } from 'vitest';
import { type ServePlan, readServePlan } from '../../../src/cli/serve/serve-plan.ts';
import type { Flags } from '../../../src/config/option-reader.ts';
import { REGISTRY_DEFAULTS } from '../../../src/registry/defaults.ts';

function read(flags: Flags = {}, env: Record<string, string> = {}): ServePlan {
  return readServePlan(flags, { env, folder: '/work', home: '/home/a', dataDir: '/data' });
}

const usage = (code: string, message: RegExp) =>
  expect.objectContaining({ kind: 'usage', code, message: expect.stringMatching(message) });

it('is for this machine alone unless somebody says otherwise', () => {
  const { tls: _tls, users: _users, ...defaults } = REGISTRY_DEFAULTS;
  const { config, ...rest } = read();
  expect(config).toMatchObject({ ...defaults, dataDir: '/data', listen: [{ host: '127.0.0.1', port: 5000 }] });
  expect(rest).toEqual({ tls: { kind: 'auto', names: [] }, user: undefined, ignored: [] });
});

it('understands every option', () => {
  const flags = {
    listen: ['0.0.0.0:5000', '[::1]:6000'],
    dataDir: 'images',
    user: 'admin',
    passwordFile: 'pw',
    tokenFile: '/run/token',
    san: ['server01'],
    anonymousPush: true,
    requireOwner: true,
    delete: false,
    allowSparseIndexes: true,
    durability: 'fast',
    route: ['cnoe.localtest.me:8443/gitea='],
    trustedProxy: ['10.0.0.0/8'],
    gcInterval: 'off',
    gcLease: '5m',
    grace: '500ms',
  };
  expect(read(flags)).toEqual({
    config: {
      dataDir: '/work/images',
      listen: [
        { host: '0.0.0.0', port: 5000 },
        { host: '::1', port: 6000 },
      ],
      tls: undefined,
      users: [],
      anonymousPush: true,
      logLevel: 'info',
      requireOwner: true,
      allowDelete: false,
      allowSparse: true,
      durability: 'fast',
      routes: [{ host: 'cnoe.localtest.me:8443', path: ['gitea'], repository: [], inNames: true }],
      trustedProxies: ['10.0.0.0/8'],
      gcInterval: 0,
      gcLease: 300_000,
      uploadIdle: 86_400_000,
      grace: 500,
    },
    tls: { kind: 'auto', names: ['server01'] },
    user: { name: 'admin', passwordFile: '/work/pw', tokenFile: '/run/token' },
    ignored: [],
  });
});

describe('precedence', () => {
  const all = {
    DEVREG_LISTEN: ':2',
    DEVREG_DATA_DIR: '/two',
    REGISTRY_HTTP_ADDR: ':3',
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/three',
  };

  it('flags come first', () => {
    expect(read({ listen: [':1'], dataDir: '/one' }, all).config).toMatchObject({
      dataDir: '/one',
      listen: [{ port: 1 }],
    });
  });

  it('then variables of devreg', () => {
    expect(read({}, all).config).toMatchObject({ dataDir: '/two', listen: [{ port: 2 }] });
  });

  it('then those of registry:2', () => {
    const { DEVREG_LISTEN: _listen, DEVREG_DATA_DIR: _dataDir, ...rest } = all;
    expect(read({}, rest).config).toMatchObject({ dataDir: '/three', listen: [{ port: 3 }] });
    expect(read({}, { REGISTRY_STORAGE_DELETE_ENABLED: 'false' }).config.allowDelete).toBe(false);
    expect(read({}, { REGISTRY_HTTP_DRAINTIMEOUT: '2s' }).config.grace).toBe(2_000);
  });

  it('commas separate what a variable lists', () => {
    expect(read({}, { DEVREG_LISTEN: ':1,:2', DEVREG_SAN: 'a,b' })).toMatchObject({
      config: { listen: [{ port: 1 }, { port: 2 }] },
      tls: { names: ['a', 'b'] },
    });
  });
});

it('tells what has no effect, and refuses what must not be ignored', () => {
  expect(read({}, { REGISTRY_LOG_FORMATTER: 'text' }).ignored).toEqual(['REGISTRY_LOG_FORMATTER']);
  expect(() => read({}, { REGISTRY_AUTH: 'htpasswd' })).toThrow(
    usage('ENVIRONMENT_REFUSED', /REGISTRY_AUTH is not supported/),
  );
});

describe('TLS', () => {
  const files = { tlsCert: 'a.crt', tlsKey: 'a.key' };
  const registry = { REGISTRY_HTTP_TLS_CERTIFICATE: '/b.crt', REGISTRY_HTTP_TLS_KEY: '/b.key' };

  it.each([
    [{}, {}, { kind: 'auto', names: [] }],
    [{ tls: 'off' }, {}, { kind: 'off' }],
    [files, {}, { kind: 'files', cert: '/work/a.crt', key: '/work/a.key' }],
    [{}, registry, { kind: 'files', cert: '/b.crt', key: '/b.key' }],
    [files, registry, { kind: 'files', cert: '/work/a.crt', key: '/work/a.key' }],
    [{ tls: 'off' }, registry, { kind: 'off' }],
    [{ tls: 'auto' }, registry, { kind: 'auto', names: [] }],
  ])('%j with %j', (flags, env, tls) => {
    expect(read(flags, env).tls).toEqual(tls);
  });

  it.each([
    [{ tlsCert: 'a.crt' }, /needs its key/],
    [{ tlsKey: 'a.key' }, /needs its key/],
    [{ ...files, tls: 'off' }, /^--tls does not go with/],
    [{ ...files, san: ['x'] }, /^--san/],
    [{ tls: 'off', san: ['x'] }, /^--san/],
  ])('refuses %j', (flags, message) => {
    expect(() => read(flags)).toThrow(usage('OPTIONS_CLASH', message));
  });
});

describe('the administrator', () => {
  it.each([
    [{ user: 'admin' }, /^--user needs a password/],
    [{ passwordFile: 'pw' }, /Add --user/],
    [{ tokenFile: 'token' }, /Add --user/],
    [{ user: 'admin', passwordFile: 'pw', passwordStdin: true }, /either by/],
  ])('is refused as %j', (flags, message) => {
    expect(() => read(flags)).toThrow(usage('OPTIONS_CLASH', message));
  });

  it.each(['a:b', 'a b', 'a\nb', '', 'a\u0000', 'x'.repeat(129)])('cannot be called %j', (user) => {
    expect(() => read({ user, passwordStdin: true })).toThrow(usage('CONFIG_INVALID', /^--user must be/));
  });
});

it.each([
  [{ listen: ['nowhere:99999'] }, /--listen must be an address/],
  [{ listen: ['not an address'] }, /--listen must be an address/],
  [{ trustedProxy: ['10.0.0.0/99'] }, /--trusted-proxy must be a network/],
  [{ trustedProxy: ['everything'] }, /--trusted-proxy must be a network/],
  [{ route: ['gitea'] }, /--route must be a rule/],
  [{ durability: 'none' }, /--durability must be full or fast, not "none"/],
  [{ grace: '0s' }, /--grace must be a time/],
])('refuses %j', (flags, message) => {
  expect(() => read(flags)).toThrow(usage('CONFIG_INVALID', message));
});
