/** When what failed is tried again. */
import { describe, expect, it } from 'vitest';
import {
  createRetryPolicy,
  isPassingError,
  isPassingStatus,
  parseRetryAfter,
} from '../../../src/client/registry/retry.ts';
import { DevregError } from '../../../src/errors.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

it.each([
  ['7', 7_000],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['soon', 0],
  ['-5', 0],
  [undefined, 0],
])('Retry-After: %s is %d ms', (header, milliseconds) => {
  expect(parseRetryAfter(header, NOW)).toBe(milliseconds);
});

it('knows which answers pass', () => {
  expect([200, 401, 404, 408, 413, 416, 429, 500, 501, 502, 503, 504, 505].filter(isPassingStatus)).toEqual([
    408, 429, 500, 502, 503, 504,
  ]);
});

describe('an error passes', () => {
  const error = (code: string) => Object.assign(new Error(code), { code });
  it.each([
    [error('ECONNRESET'), false, true],
    [error('ECONNREFUSED'), false, false],
    [error('ECONNREFUSED'), true, true],
    [error('ENOTFOUND'), true, false],
    [new DevregError('timeout', 'REGISTRY_TIMEOUT', 'x'), false, true],
    [new DevregError('failure', 'REGISTRY_UNREACHABLE', 'x', { cause: error('EPIPE') }), false, true],
    [new DevregError('failure', 'CONTENT_WRONG', 'x'), true, false],
    [new TypeError('x'), true, false],
  ])('%s, with a registry that was there %s: %s', (what, wasThere, passes) => {
    expect(isPassingError(what, wasThere)).toBe(passes);
  });
});

it('waits no longer than it is let', async () => {
  const stop = new AbortController();
  const pausing = createRetryPolicy({ delay: 60_000 }).pause(0, stop.signal);
  stop.abort(new Error('enough'));
  await expect(pausing).rejects.toThrow('enough');
});
