/** Which texts are names of servers, and how each is spelt. */
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSubjectName, toSubjectName } from '../../src/certs/subject-name.ts';

describe('parseSubjectName', () => {
  it.each([
    ['registry.localtest.me', 'dns', 'registry.localtest.me'],
    ['Registry.LocalTest.Me.', 'dns', 'registry.localtest.me'],
    ['*.localtest.me', 'dns', '*.localtest.me'],
    ['localhost', 'dns', 'localhost'],
    ['my_host', 'dns', 'my_host'],
    ['bücher.example', 'dns', 'xn--bcher-kva.example'],
    [`${'a'.repeat(63)}.example`, 'dns', `${'a'.repeat(63)}.example`],
    ['127.0.0.1', 'ip', '127.0.0.1'],
    ['[::1]', 'ip', '::1'],
    ['FD00:0:0::0007', 'ip', 'fd00::7'],
  ])('reads %s', (text, kind, value) => {
    expect(parseSubjectName(text)).toEqual({ kind, value });
  });

  it.each([
    '',
    '.',
    '*',
    '*.',
    'a..b',
    '.example',
    'a.*.example',
    '**.example',
    'fo*.example',
    '-a.example',
    'a-.example',
    'a b',
    'a,b',
    'a/b',
    'a\n.example',
    'a\0.example',
    'ü\n.example',
    'ü\u00ad.example',
    'ü\u3002\u3000example',
    'localhost:5001',
    'https://localhost',
    '10.0.0.0/8',
    '127.1',
    '1.2.3.4.5',
    '256.0.0.1',
    'fe80::1%eth0',
    '[localhost]',
    '[::1',
    '*.127.0.0.1',
    `${'a'.repeat(64)}.example`,
    `${'abcdefg.'.repeat(32)}example`,
  ])('refuses %j with what to give instead', (text) => {
    expect(() => parseSubjectName(text)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'NAME_INVALID', hint: expect.stringContaining('bare name') }),
    );
  });
});

describe('toSubjectName', () => {
  it('gives names that read back as themselves', () => {
    const texts = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, (text) => {
        const name = toSubjectName(text);
        if (name === undefined) return;
        expect(toSubjectName(name.value)).toEqual(name);
        expect(name.kind === 'ip').toBe(isIP(name.value) !== 0);
        expect(name.value).toMatch(/^[\x21-\x7e]+$/);
        expect(name.value).not.toMatch(/[\s,/"]/);
      }),
    );
  });
});
