/** Refusals: what becomes of everything that can be thrown. */
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../../src/registry/core/registry-error.ts';
import { errorReply, faultReply, statusOf, toRegistryError } from '../../../src/registry/http/error-reply.ts';

const systemError = (code: string, fields: object = {}) => Object.assign(new Error('from below'), { code, ...fields });

describe('toRegistryError', () => {
  it.each([
    ['a full disk', systemError('ENOSPC'), 'storage-full'],
    ['a used-up quota', systemError('EDQUOT'), 'storage-full'],
    ['a full database', systemError('ERR_SQLITE_ERROR', { errcode: 13 }), 'storage-full'],
    ['a full database, in detail', systemError('ERR_SQLITE_ERROR', { errcode: 13 | (4 << 8) }), 'storage-full'],
    ['a busy database', systemError('ERR_SQLITE_ERROR', { errcode: 5 }), 'storage-unavailable'],
    ['a broken disk', systemError('EIO'), 'storage-unavailable'],
    ['too many open files', systemError('EMFILE'), 'storage-unavailable'],
  ])('knows %s', (_, error, reason) => {
    const found = toRegistryError(error);
    expect([found?.reason, found?.cause]).toEqual([reason, error]);
    expect(found?.message).not.toContain('from below');
  });

  it('leaves refusals as they are, and takes nothing else for one', () => {
    const refusal = new RegistryError('denied', 'no');
    expect(toRegistryError(refusal)).toBe(refusal);
    for (const other of [
      new TypeError('bug'),
      systemError('ERR_INVALID_ARG_TYPE'),
      systemError('Enot'),
      'text',
      undefined,
      null,
      { code: 'ENOSPC' },
    ]) {
      expect(toRegistryError(other)).toBeUndefined();
    }
  });
});

describe('replies', () => {
  it('have the specification’s body', () => {
    const reply = errorReply(new RegistryError('blob-unknown', 'not here', { detail: { digest: 'x' } }), {
      'x-more': '1',
    });
    expect(reply).toEqual({
      status: 404,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-more': '1' },
      body: '{"errors":[{"code":"BLOB_UNKNOWN","message":"not here","detail":{"digest":"x"}}]}\n',
    });
    expect(errorReply(new RegistryError('denied', 'no')).body).toBe('{"errors":[{"code":"DENIED","message":"no"}]}\n');
  });

  it('say when to come again, where that helps', () => {
    const after = (reason: 'too-many-requests' | 'storage-full' | 'storage-unavailable' | 'denied') =>
      errorReply(new RegistryError(reason, 'x')).headers['retry-after'];
    expect([after('too-many-requests'), after('storage-full'), after('storage-unavailable'), after('denied')]).toEqual([
      '5',
      '5',
      '5',
      undefined,
    ]);
    expect([statusOf('too-many-requests'), statusOf('storage-full'), statusOf('storage-unavailable')]).toEqual([
      429, 507, 503,
    ]);
  });

  it('to faults tell nothing but where to look', () => {
    expect(faultReply('r-1')).toMatchObject({ status: 500, body: expect.stringContaining('r-1') });
  });
});
