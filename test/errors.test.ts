/** How refusals of the file system become sentences for users. */
import { describe, expect, it } from 'vitest';
import { DevregError, isDevregError, translateFileErrors, translateReadErrors } from '../src/errors.ts';

describe('translateFileErrors', () => {
  const failingWith = (error: unknown) =>
    translateFileErrors('write /a/b', async () => {
      throw error;
    });

  it('gives what the work gives', async () => {
    expect(await translateFileErrors('write /a', () => Promise.resolve('text'))).toBe('text');
  });

  it.each([
    ['EACCES', 'FILE_DENIED', 'permission is denied'],
    ['EROFS', 'FILE_DENIED', 'the file system is read-only'],
    ['ENOSPC', 'DISK_FULL', 'the disk is full'],
    ['ENOENT', 'PATH_MISSING', 'a folder on the way to it is missing'],
    ['ENOTDIR', 'PATH_BLOCKED', 'a file is where a folder should be'],
  ])('says what %s means, and keeps the cause', async (systemCode, code, what) => {
    const cause = Object.assign(new Error('raw'), { code: systemCode });
    const message = `Cannot write /a/b: ${what}.`;
    await expect(failingWith(cause)).rejects.toMatchObject({
      kind: 'failure',
      code,
      message,
      cause,
      hint: expect.stringMatching(/\.$/),
    });
  });

  it.each([
    ['what a user cannot set right', Object.assign(new Error('raw'), { code: 'EIO' })],
    ['bugs', new TypeError('x is undefined')],
    ['what was translated already', new DevregError('conflict', 'SOME_CODE', 'Something is wrong.')],
  ])('leaves alone %s', async (_, error) => {
    await expect(failingWith(error)).rejects.toBe(error);
  });
});

describe('translateReadErrors', () => {
  it.each([
    ['ENOENT', 'PATH_MISSING', 'nothing is there'],
    ['EACCES', 'FILE_DENIED', 'permission is denied'],
  ])('says what %s means to who reads', async (systemCode, code, what) => {
    const refused = translateReadErrors('/a/b', async () => {
      throw Object.assign(new Error('raw'), { code: systemCode });
    });
    await expect(refused).rejects.toMatchObject({ code, message: `Cannot read /a/b: ${what}.` });
  });
});

describe('isDevregError', () => {
  it('tells errors of users from bugs', () => {
    expect(isDevregError(new DevregError('usage', 'SOME_CODE', 'Something is wrong.'))).toBe(true);
    expect(isDevregError(new Error('Something is wrong.'))).toBe(false);
    expect(isDevregError(undefined)).toBe(false);
  });
});
