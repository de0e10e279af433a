import { describe, expect, it } from 'vitest';
import { isExempt, judgeProxy, readProxyVariables } from '../../src/doctor/check-proxy.ts';

const NAMES = ['registry.localtest.me', 'localhost', '127.0.0.1'];

describe('variables', () => {
  it('are read in upper and lower case', () => {
    expect(readProxyVariables({ https_proxy: 'http://p:1', NO_PROXY: 'a' })).toEqual({
      owner: 'environment',
      proxy: 'http://p:1',
      noProxy: 'a',
    });
    expect(readProxyVariables({ HTTPS_PROXY: '', http_proxy: 'http://q' }).proxy).toBe('http://q');
    expect(readProxyVariables({}).proxy).toBeUndefined();
  });
});

describe('a proxy', () => {
  it('that gets the registry is told without its password, with what mends it', () => {
    const finding = judgeProxy({ owner: 'environment', proxy: 'http://me:secret@p:3128', noProxy: '.corp, ' }, NAMES);
    expect(finding).toMatchObject({ check: 'proxy', state: 'warning', code: 'PROXY_CATCHES' });
    expect(finding.message).toContain('http://p:3128');
    expect(JSON.stringify(finding)).not.toContain('secret');
    const all = '.corp,registry.localtest.me,localhost,127.0.0.1';
    expect(finding.fix).toBe(`export NO_PROXY='${all}' no_proxy='${all}'`);
    expect(NAMES.every((name) => isExempt(name, all))).toBe(true);
  });

  it('of the engine is set elsewhere', () => {
    const finding = judgeProxy({ owner: 'engine', proxy: 'http://p', noProxy: 'localhost' }, NAMES.slice(0, 2));
    expect(finding.check).toBe('engine-proxy');
    expect(finding.fix).toContain('"no-proxy": "localhost,registry.localtest.me"');
  });

  it('that is not there, or gets nothing, is fine', () => {
    expect(judgeProxy({ owner: 'engine', proxy: undefined, noProxy: '' }, NAMES).state).toBe('ok');
    expect(judgeProxy({ owner: 'environment', proxy: 'http://p', noProxy: '*' }, NAMES).state).toBe('ok');
  });
});

describe('exemptions', () => {
  it.each([
    ['registry.localtest.me', 'registry.localtest.me', true],
    ['registry.localtest.me', 'REGISTRY.LOCALTEST.ME:8443', true],
    ['registry.localtest.me', '.localtest.me', true],
    ['registry.localtest.me', 'localtest.me', true],
    ['registry.localtest.me', '*.localtest.me', true],
    ['registry.localtest.me', 'test.me', false],
    ['localtest.me', '.localtest.me', false],
    ['10.96.0.50', '10.96.0.0/16', true],
    ['10.97.0.50', '10.96.0.0/16', false],
    ['10.96.0.50', '10.96.0.0/99', false],
    ['fd00::50', 'fd00::/8', true],
    ['10.96.0.50', '96.0.50', false],
    ['localhost', '', false],
  ])('%s by %j: %s', (name, noProxy, expected) => {
    expect(isExempt(name, noProxy)).toBe(expected);
  });
});
