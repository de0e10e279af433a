/** Changes of files in words. */
import { expect, it } from 'vitest';
import { formatDiff } from '../../src/trust/plan-text.ts';

it.each([
  [undefined, 'a\nb\n', '/f\n  + a\n  + b\n'],
  ['a\nb\n', undefined, '/f\n  - a\n  - b\n'],
  ['a\nb\nc\n', 'a\nx\nc\n', '/f\n    a\n  - b\n  + x\n    c\n'],
  ['a\na\n', 'a\na\na\n', '/f\n    a\n  + a\n'],
  ['a', 'a\nb', '/f\n    a\n  + b\n'],
])('%j becomes %j', (before, after, text) => expect(formatDiff({ path: '/f', before, after })).toBe(text));
