/** The router: which endpoint a path names. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Target, type TargetKind, parseTarget } from '../../../src/registry/http/router.ts';

/** A second reading: the specification's list of endpoints as patterns, whose greedy names take the last match. */
const ENDPOINTS: readonly (readonly [TargetKind, RegExp])[] = [
  ['base', /^\/v2\/?$/],
  ['token', /^\/v2\/token$/],
  ['catalog', /^\/v2\/_catalog$/],
  ['uploads', /^\/v2\/(?<name>.+)\/blobs\/uploads\/?$/],
  ['tags', /^\/v2\/(?<name>.+)\/tags\/list$/],
  ['manifest', /^\/v2\/(?<name>.+)\/manifests\/(?<tail>[^/]*)$/],
  ['blob', /^\/v2\/(?<name>.+)\/blobs\/(?<tail>[^/]*)$/],
  ['upload', /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<tail>[^/]+)$/],
  ['referrers', /^\/v2\/(?<name>.+)\/referrers\/(?<tail>[^/]*)$/],
];

function readByPatterns(path: string): Target | undefined {
  for (const [kind, pattern] of ENDPOINTS) {
    const groups = pattern.exec(path);
    if (groups !== null) return { kind, name: groups.groups?.['name'] ?? '', tail: groups.groups?.['tail'] ?? '' };
  }
  return undefined;
}

const word = fc.constantFrom(
  'a',
  'v2',
  'blobs',
  'uploads',
  'manifests',
  'tags',
  'list',
  'referrers',
  '_catalog',
  'token',
  '',
  'x:y',
  '..',
);
const name = fc
  .array(fc.constantFrom('a', 'blobs', 'uploads', 'manifests', 'tags', 'list', 'referrers', 'v2', 'token'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((words) => words.join('/'));
const tail = fc.constantFrom('latest', 'list', 'manifests', 'sha256:abc', 'token', '_catalog');

describe('parseTarget', () => {
  it('agrees with the list of endpoints', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const path = `/v2/${words.join('/')}`;
        expect(parseTarget(path)).toEqual(readByPatterns(path));
      }),
      { numRuns: 10_000 },
    );
  });

  it('reads what a client prints, whatever words are in the name', () => {
    const printed: [TargetKind, (name: string, tail: string) => string][] = [
      ['manifest', (repository, reference) => `/v2/${repository}/manifests/${reference}`],
      ['blob', (repository, digest) => `/v2/${repository}/blobs/${digest}`],
      ['uploads', (repository) => `/v2/${repository}/blobs/uploads/`],
      ['uploads', (repository) => `/v2/${repository}/blobs/uploads`],
      ['upload', (repository, id) => `/v2/${repository}/blobs/uploads/${id}`],
      ['tags', (repository) => `/v2/${repository}/tags/list`],
      ['referrers', (repository, digest) => `/v2/${repository}/referrers/${digest}`],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...printed), name, tail, ([kind, print], repository, last) => {
        const target = parseTarget(print(repository, last));
        expect(target).toEqual({ kind, name: repository, tail: ['uploads', 'tags'].includes(kind) ? '' : last });
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads the same when letters are percent-encoded, but for slashes', () => {
    const encode = (text: string, at: number) => {
      const letter = text.charAt(at % text.length);
      return letter === '/'
        ? text
        : text.slice(0, at % text.length) +
            `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}` +
            text.slice((at % text.length) + 1);
    };
    fc.assert(
      fc.property(name, tail, fc.nat(100), (repository, reference, at) => {
        const path = `${repository}/manifests/${reference}`;
        expect(parseTarget(`/v2/${encode(path, at)}`)).toEqual(parseTarget(`/v2/${path}`));
        expect(parseTarget(`/v2/${path.replace('/', '%2f')}`)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws, and names a repository wherever one belongs', () => {
    const unit = fc.constantFrom('/', '%', '2', 'f', 'e', '0', '.', 'a', '\0', 'ä', '\\');
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit })),
        fc.constantFrom('', '/manifests/x', '/blobs/uploads/'),
        (text, end) => {
          const target = parseTarget(`/v2/${text}${end}`);
          if (target !== undefined && !['base', 'token', 'catalog'].includes(target.kind))
            expect(target.name).not.toBe('');
          parseTarget(text);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
