/** References, by Docker's rules. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReference, parseReference, parseRegistryHost } from '../../src/oci/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('a reference', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine'],
    ['alpine:3', 'docker.io/library/alpine:3'],
    ['team/app', 'docker.io/team/app'],
    ['index.docker.io/alpine', 'docker.io/library/alpine'],
    ['docker.io/alpine', 'docker.io/library/alpine'],
    ['registry-1.docker.io/team/app:1', 'docker.io/team/app:1'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5001/app:1', 'localhost:5001/app:1'],
    ['server01:5000/myfirstimage', 'server01:5000/myfirstimage'],
    ['quay.io/buildah/stable', 'quay.io/buildah/stable'],
    ['Server/app', 'server/app'],
    ['[::1]:5000/app:1', '[::1]:5000/app:1'],
    ['127.0.0.1/a/b/c', '127.0.0.1/a/b/c'],
    [`quay.io/app@${DIGEST}`, `quay.io/app@${DIGEST}`],
    [`quay.io/app:1@${DIGEST}`, `quay.io/app:1@${DIGEST}`],
    ['host.example:443/app', 'host.example:443/app'],
  ])('%s is %s', (text, full) => {
    const reference = parseReference(text);
    expect(reference && formatReference(reference)).toBe(full);
  });

  it.each([
    '',
    ':1',
    '@',
    'app:',
    'app@',
    'UPPER',
    'team/Upper',
    'app:tag with blank',
    'app@sha256:abc',
    `a@${DIGEST}@${DIGEST}`,
    'https://host.example/app',
    '-host.example/app',
    'host.example:99999/app',
    'host.example:0/app',
    'host.example:/app',
    'host.example/',
    '/app',
    'a//b',
    'a'.repeat(64),
    `${'a/'.repeat(130)}a`,
    'host.example/app\n',
    '[zz]:1/app',
    'a.-b.c/app',
  ])('is not %j', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });

  it('is the same when it is written and read again', () => {
    const word = fc.stringMatching(/^[a-z0-9]+(?:[._-][a-z0-9]+)?$/);
    const host = fc.stringMatching(/^[a-z0-9]+\.[a-z0-9]+(?::[1-9][0-9]{0,3})?$/);
    const tag = fc.option(fc.stringMatching(/^[\w][\w.-]{0,20}$/), { nil: undefined });
    const digest = fc.option(fc.stringMatching(/^[0-9a-f]{64}$/), { nil: undefined });
    fc.assert(
      fc.property(
        host,
        fc.array(word, { minLength: 1, maxLength: 4 }),
        tag,
        digest,
        (registry, words, version, hex) => {
          const end = `${version === undefined ? '' : `:${version}`}${hex === undefined ? '' : `@sha256:${hex}`}`;
          const reference = parseReference(`${registry}/${words.join('/')}${end}`);
          expect(reference).toBeDefined();
          expect(reference && parseReference(formatReference(reference))).toEqual(reference);
          expect(reference?.tag).toBe(version);
        },
      ),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseReference(text)));
  });
});

it.each([
  ['LOCALHOST:5001', 'localhost:5001'],
  ['index.docker.io', 'docker.io'],
  ['host/path', undefined],
  ['https://host', undefined],
  ['', undefined],
])('the registry %j is %j', (text, host) => {
  expect(parseRegistryHost(text)).toBe(host);
});
