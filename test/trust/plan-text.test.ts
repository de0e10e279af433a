/** Changes of files in words. */
import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { formatDiff } from '../../src/trust/plan-text.ts';
import { newPair } from '../support/certificates.ts';

it.each([
  [undefined, 'a\nb\n', '/f\n  + a\n  + b\n'],
  ['a\nb\n', undefined, '/f\n  - a\n  - b\n'],
  ['a\nb\nc\n', 'a\nx\nc\n', '/f\n    a\n  - b\n  + x\n    c\n'],
  ['a\na\n', 'a\na\na\n', '/f\n    a\n  + a\n'],
  ['a', 'a\nb', '/f\n    a\n  + b\n'],
])('%j becomes %j', (before, after, text) => expect(formatDiff({ path: '/f', before, after })).toBe(text));

it('names certificates by their fingerprints', async () => {
  const [one, other] = [await newPair(), await newPair()];
  const nameOf = ({ ca }: { readonly ca: string }) =>
    `certificate with the SHA-256 fingerprint ${new X509Certificate(ca).fingerprint256}`;
  expect(formatDiff({ path: '/f', before: one.ca, after: `# mine\n${other.ca}` })).toBe(
    `/f\n  - ${nameOf(one)}\n  + # mine\n  + ${nameOf(other)}\n`,
  );
});
