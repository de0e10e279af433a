/** How a registry is to be: asked for, before, by default. */
import { describe, expect, it } from 'vitest';
import { areSettingsEqual, registryNames, settleSettings } from '../../src/workflows/settings.ts';

const FRESH = settleSettings({}, undefined, '/data');

it('is the default where nobody asked for anything', () => {
  expect(FRESH).toEqual({
    host: 'registry.localtest.me',
    port: 8443,
    registryPort: 5001,
    user: 'giteaAdmin',
    dataDir: '/data',
    durability: 'full',
    tls: 'auto',
  });
  expect(registryNames(FRESH)).toEqual(['registry.localtest.me:8443', 'localhost:5001']);
});

it('stays as it was but for what is asked for', () => {
  const before = { ...FRESH, port: 1234, user: 'admin' };
  const settled = settleSettings({ user: 'other' }, before, '/elsewhere');
  expect(settled).toEqual({ ...before, user: 'other' });
  expect(areSettingsEqual(settled, before)).toBe(false);
  expect(areSettingsEqual(settleSettings({ port: 1234 }, before, '/data'), before)).toBe(true);
});

it('takes any port to mean the one it has', () => {
  expect(settleSettings({ port: 0, registryPort: 0 }, undefined, '/data')).toMatchObject({ port: 0, registryPort: 0 });
  expect(settleSettings({ port: 0 }, { ...FRESH, port: 1234 }, '/data').port).toBe(1234);
});

it('writes hosts in one way', () => {
  expect(settleSettings({ host: 'Registry.LOCALTEST.me' }, undefined, '/data').host).toBe('registry.localtest.me');
});

describe('refuses', () => {
  it.each([
    [{ host: 'a b' }, 'NAME_INVALID'],
    [{ host: 'https://x' }, 'NAME_INVALID'],
    [{ host: 'x:5000' }, 'NAME_INVALID'],
    [{ host: '*.localtest.me' }, 'HOST_REFUSED'],
    [{ host: '::1' }, 'HOST_REFUSED'],
    [{ port: 5001 }, 'PORTS_EQUAL'],
    [{ dataDir: '/other' }, 'DATA_FOLDER_FIXED'],
  ])('%j', (wanted, code) => {
    expect(() => settleSettings(wanted, FRESH, '/data')).toThrow(expect.objectContaining({ code }));
  });
});
