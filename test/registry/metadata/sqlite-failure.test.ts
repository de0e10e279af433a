/** Failures of SQLite in the operating system's words. */
import { expect, it } from 'vitest';
import { isBusy, translateFailure } from '../../../src/registry/metadata/sqlite-failure.ts';

function failure(errcode: number): Error {
  return Object.assign(new Error('from SQLite'), { code: 'ERR_SQLITE_ERROR', errcode });
}

it.each([
  [13, 'ENOSPC'],
  [10, 'EIO'],
  [10 | (3 << 8), 'EIO'],
  [8 | (2 << 8), 'EROFS'],
  [5 | (1 << 8), 'EBUSY'],
])('%d becomes %s, with its cause', (errcode, code) => {
  const cause = failure(errcode);
  expect(translateFailure(cause)).toMatchObject({ code, cause });
});

it('leaves what it does not know', () => {
  for (const error of [failure(19), new Error('other'), undefined, 'text', { errcode: 13 }]) {
    expect(translateFailure(error)).toBe(error);
  }
});

it('knows a lock by the low byte', () => {
  expect(isBusy(failure(5 | (2 << 8)))).toBe(true);
  expect(isBusy(failure(6))).toBe(false);
});
