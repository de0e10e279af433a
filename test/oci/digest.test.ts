/** Digests: read strictly, written as they were read. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CANONICAL_ALGORITHM,
  algorithmOf,
  digestOf,
  hexOf,
  parseAlgorithm,
  parseDigest,
  startDigest,
  toDigest,
} from '../../src/oci/digest.ts';

/** The image-spec's grammar, narrowed to the two algorithms it registers that are stored here. */
const GRAMMAR = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

const algorithm = fc.constantFrom('sha256' as const, 'sha512' as const);
const valid = fc
  .tuple(algorithm, fc.uint8Array())
  .map(([name, bytes]) => `${name}:${createHash(name).update(bytes).digest('hex')}`);
/** A digest with one thing wrong, or perhaps nothing. */
const nearly = fc
  .tuple(valid, fc.nat(140), fc.constantFrom('', 'g', 'A', '0', ':', '/', '\0', '\n', '０', 'sha256:'))
  .map(([digest, at, change]) => digest.slice(0, at) + change + digest.slice(at + 1));

describe('parseDigest', () => {
  it('agrees with the grammar', () => {
    fc.assert(
      fc.property(fc.oneof(valid, nearly, fc.string()), (text) => {
        expect(parseDigest(text)).toBe(GRAMMAR.test(text) ? text : undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it('can be taken apart and put together', () => {
    fc.assert(
      fc.property(valid, (text) => {
        const digest = parseDigest(text);
        if (digest === undefined) throw new Error(text);
        expect(toDigest(algorithmOf(digest), hexOf(digest))).toBe(text);
        expect(parseAlgorithm(algorithmOf(digest))).toBe(algorithmOf(digest));
      }),
    );
  });

  it.each([
    '',
    ':',
    'sha256',
    'sha256:',
    '__proto__:',
    'constructor:x',
    `sha256:${'a'.repeat(64)}\n`,
    `SHA256:${'a'.repeat(64)}`,
  ])('refuses %j', (text) => {
    expect(parseDigest(text)).toBeUndefined();
  });
});

describe('parseAlgorithm', () => {
  it('knows two names', () => {
    expect(['sha256', 'sha512'].map(parseAlgorithm)).toEqual(['sha256', 'sha512']);
    expect(CANONICAL_ALGORITHM).toBe('sha256');
    for (const name of ['SHA256', 'sha1', 'sha384', 'md5', '', '__proto__', 'constructor', 'get'])
      expect(parseAlgorithm(name)).toBeUndefined();
  });
});

describe('digestOf and startDigest', () => {
  it('agree with each other and with the known answer', () => {
    expect(digestOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    fc.assert(
      fc.property(algorithm, fc.array(fc.uint8Array()), (name, pieces) => {
        const running = startDigest(name);
        for (const piece of pieces) running.update(piece);
        expect(running.finish()).toBe(digestOf(Buffer.concat(pieces), name));
      }),
    );
  });
});
