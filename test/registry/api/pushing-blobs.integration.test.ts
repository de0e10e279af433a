/** The wire, "Pushing blobs": in one go, in chunks, and what goes wrong on the way. */
import { randomUUID } from 'node:crypto';
import { describe, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { blob } from '../../support/images.ts';
import { startRegistry } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';

const SESSION = /^\/v2\/a\/b\/blobs\/uploads\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hello = blob('hello');
const START = 'POST /v2/a/b/blobs/uploads/';
const blobOf = (digest: string) => `/v2/a/b/blobs/${digest}`;
const created = (digest: string) => ({ location: blobOf(digest), 'docker-content-digest': digest });
const IS_THERE = [{ ask: `GET ${blobOf(hello.digest)}`, status: 200, is: 'hello' }];
const IS_ABSENT = [{ ask: `HEAD ${blobOf(hello.digest)}`, status: 404 }];

describe('POST then PUT', () => {
  it('stores a blob', async () => {
    await using registry = await startRegistry();
    await converse(registry, [
      { ask: START, status: 202, has: { location: SESSION, range: '0-0', 'content-length': '0' } },
      { ask: `PUT {location}?digest=${hello.digest}`, body: 'hello', status: 201, has: created(hello.digest) },
      ...IS_THERE,
      { ask: `GET {location}`, status: 200, is: 'hello' },
    ]);
  });

  it.each([
    ['without the final slash', 'POST /v2/a/b/blobs/uploads', {}],
    ['with a length that does not matter', START, { 'content-length': '0' }],
    ['with a percent-encoded slash-free path', 'POST /v2/%61/b/blobs/uploads/', {}],
    ['with parameters it does not know', `${START}?ns=docker.io&x=1`, {}],
  ])('begins a session %s', async (_, ask, headers) => {
    await using registry = await startRegistry();
    await converse(registry, [
      { ask, headers, status: 202, has: { location: SESSION } },
      {
        ask: `PUT {location}?digest=${hello.digest.replace(':', '%3A')}`,
        body: 'hello',
        status: 201,
        has: created(hello.digest),
      },
      ...IS_THERE,
    ]);
  });

  it('stores an empty blob, with and without an announced length', async () => {
    await using registry = await startRegistry();
    const empty = blob('');
    await converse(registry, [
      { ask: START, status: 202 },
      { ask: `PUT {location}?digest=${empty.digest}`, status: 201, has: created(empty.digest) },
      { ask: `HEAD ${blobOf(empty.digest)}`, status: 200, has: { 'content-length': '0' } },
      { ask: START, status: 202 },
      { ask: `PUT {location}?digest=${digestOf('', 'sha512')}`, headers: { 'content-length': '0' }, status: 201 },
      { ask: `GET ${blobOf(digestOf('', 'sha512'))}`, status: 200, is: '' },
    ]);
  });

  it.each(['', '?digest-algorithm=sha512', '?digest-algorithm=sha256'])(
    'stores sha512 in a session opened with %j',
    async (query) => {
      await using registry = await startRegistry();
      const digest = digestOf('hello', 'sha512');
      await converse(registry, [
        { ask: `${START}${query}`, status: 202, has: { location: SESSION } },
        { ask: 'PATCH {location}', body: 'hel', status: 202 },
        { ask: `PUT {location}?digest=${digest}`, body: 'lo', status: 201, has: created(digest) },
        { ask: `GET ${blobOf(digest)}`, status: 200, has: { 'docker-content-digest': digest }, is: 'hello' },
        ...IS_ABSENT,
      ]);
    },
  );

  it('stores sha256 in a session opened for sha512', async () => {
    await using registry = await startRegistry();
    await converse(registry, [
      { ask: `${START}?digest-algorithm=sha512`, status: 202 },
      { ask: `PUT {location}?digest=${hello.digest}`, body: 'hello', status: 201, has: created(hello.digest) },
      ...IS_THERE,
    ]);
  });

  it('refuses an algorithm it does not know', async () => {
    await using registry = await startRegistry();
    const bad = { status: 400, code: 'DIGEST_INVALID' };
    await converse(registry, [
      ...['md5', 'SHA256', '', '__proto__', 'constructor'].map((name) => ({
        ask: `${START}?digest-algorithm=${name}`,
        ...bad,
      })),
      { ask: `${START}?digest=md5:${'0'.repeat(32)}`, body: 'hello', ...bad },
    ]);
  });

  it('ends the session when the bytes have another digest', async () => {
    await using registry = await startRegistry();
    await converse(registry, [
      { ask: START, status: 202 },
      { ask: `PUT {location}?digest=${hello.digest}`, body: 'hallo', status: 400, code: 'DIGEST_INVALID' },
      { ask: 'GET {location}', status: 404, code: 'BLOB_UPLOAD_UNKNOWN' },
      ...IS_ABSENT,
      { ask: `HEAD ${blobOf(digestOf('hallo'))}`, status: 404 },
    ]);
  });

  it('keeps the session when the digest is no digest', async () => {
    await using registry = await startRegistry();
    const bad = { body: 'hello', status: 400, code: 'DIGEST_INVALID' };
    const digests = [
      'sha256:baddigest',
      `sha256:${hello.digest.slice(7).toUpperCase()}`,
      'sha256',
      '',
      'md5:5d41402abc4b2a76b9719d911017c592',
      `sha256:${'0'.repeat(63)}`,
    ];
    await converse(registry, [
      { ask: START, status: 202 },
      { ask: 'PUT {location}', ...bad },
      ...digests.map((digest) => ({ ask: `PUT {location}?digest=${digest}`, ...bad })),
      { ask: 'GET {location}', status: 204, has: { range: '0-0' } },
      { ask: `PUT {location}?digest=${hello.digest}`, body: 'hello', status: 201 },
    ]);
  });
});

describe('a single POST', () => {
  it('stores a blob, and again when it is there already', async () => {
    await using registry = await startRegistry();
    const row = { ask: `${START}?digest=${hello.digest}`, body: 'hello', status: 201, has: created(hello.digest) };
    await converse(registry, [row, row, ...IS_THERE]);
  });

  it('stores sha512 and empty blobs, and streams of unknown length', async () => {
    await using registry = await startRegistry();
    const sha512 = digestOf('hello', 'sha512');
    const stream = async function* () {
      yield Buffer.from('hel');
      yield Buffer.from('lo');
    };
    await converse(registry, [
      { ask: `${START}?digest=${sha512}`, body: 'hello', status: 201, has: created(sha512) },
      { ask: `${START}?digest=${digestOf('')}`, status: 201, has: created(digestOf('')) },
      { ask: `GET {location}`, status: 200, is: '' },
      { ask: `${START}?digest=${hello.digest}`, body: stream(), status: 201, has: created(hello.digest) },
      ...IS_THERE,
    ]);
  });

  it('leaves nothing when the digest does not match or is none', async () => {
    await using registry = await startRegistry();
    const bad = { status: 400, code: 'DIGEST_INVALID', body: 'hallo' };
    await converse(registry, [
      { ask: `${START}?digest=${hello.digest}`, ...bad },
      { ask: `${START}?digest=${hello.digest}`, ...bad, body: '' },
      { ask: `${START}?digest=`, ...bad },
      { ask: `${START}?digest=sha256:x`, ...bad },
      ...IS_ABSENT,
      { ask: 'GET /v2/_catalog', status: 200, is: '{"repositories":[]}\n' },
    ]);
  });

  it('may say which bytes it sends, if that is true', async () => {
    await using registry = await startRegistry();
    const ask = `${START}?digest=${hello.digest}`;
    await converse(registry, [
      { ask, headers: { 'content-range': '1-5' }, body: 'hello', status: 416, code: 'BLOB_UPLOAD_INVALID' },
      { ask, headers: { 'content-range': '0-5' }, body: 'hello', status: 400, code: 'SIZE_INVALID' },
      ...IS_ABSENT,
      { ask, headers: { 'content-range': '0-4' }, body: 'hello', status: 201 },
    ]);
  });
});

describe('chunks', () => {
  it('are appended in order and closed with PUT', async () => {
    await using registry = await startRegistry();
    await converse(registry, [
      { ask: START, status: 202 },
      {
        ask: 'PATCH {location}',
        headers: { 'content-range': '0-1' },
        body: 'he',
        status: 202,
        has: { location: SESSION, range: '0-1' },
      },
      { ask: 'GET {location}', status: 204, has: { location: SESSION, range: '0-1' } },
      { ask: 'PATCH {location}', headers: { 'content-range': '2-2' }, body: 'l', status: 202, has: { range: '0-2' } },
      {
        ask: 'PATCH {location}',
        headers: { 'content-range': 'bytes 3-3/*' },
        body: 'l',
        status: 202,
        has: { range: '0-3' },
      },
      {
        ask: `PUT {location}?digest=${hello.digest}`,
        headers: { 'content-range': '4-4' },
        body: 'o',
        status: 201,
        has: created(hello.digest),
      },
      ...IS_THERE,
    ]);
  });

  it('may come without Content-Range, as streams, and be empty', async () => {
    await using registry = await startRegistry();
    const stream = async function* () {
      yield Buffer.from('he');
      yield Buffer.from('l');
    };
    await converse(registry, [
      { ask: START, status: 202 },
      { ask: 'PATCH {location}', status: 202, has: { range: '0-0' } },
      { ask: 'PATCH {location}', body: stream(), status: 202, has: { range: '0-2' } },
      { ask: 'PATCH {location}', body: 'lo', status: 202, has: { range: '0-4' } },
      { ask: 'PATCH {location}', headers: { 'transfer-encoding': 'chunked' }, status: 202, has: { range: '0-4' } },
      { ask: `PUT {location}?digest=${hello.digest}`, status: 201 },
      ...IS_THERE,
    ]);
  });

  it('out of order are 416, and the session goes on', async () => {
    await using registry = await startRegistry();
    const early = { status: 416, code: 'BLOB_UPLOAD_INVALID' };
    await converse(registry, [
      { ask: START, status: 202 },
      { ask: 'PATCH {location}', headers: { 'content-range': '1-2' }, body: 'he', ...early },
      { ask: 'GET {location}', status: 204, has: { range: '0-0' } },
      { ask: 'PATCH {location}', headers: { 'content-range': '0-1' }, body: 'he', status: 202 },
      { ask: 'PATCH {location}', headers: { 'content-range': '0-1' }, body: 'he', ...early },
      { ask: 'PATCH {location}', headers: { 'content-range': '3-4' }, body: 'lo', ...early },
      { ask: `PUT {location}?digest=${hello.digest}`, headers: { 'content-range': '3-4' }, body: 'lo', ...early },
      { ask: `PUT {location}?digest=${hello.digest}`, headers: { 'content-range': '0-4' }, body: 'hello', ...early },
      { ask: 'GET {location}', status: 204, has: { range: '0-1' } },
      { ask: `PUT {location}?digest=${hello.digest}`, headers: { 'content-range': '2-4' }, body: 'llo', status: 201 },
      ...IS_THERE,
    ]);
  });

  it('with a Content-Range that is none, or that lies about the length, are refused', async () => {
    await using registry = await startRegistry();
    const stream = async function* (text: string) {
      yield Buffer.from(text);
    };
    const invalid = ['bytes=0-', '0-', '-4', '4-0', 'a-b', '0-4,5-6', '', '0-99999999999999999999', '0–4'];
    await converse(registry, [
      { ask: START, status: 202 },
      ...invalid.map((range) => ({
        ask: 'PATCH {location}',
        headers: { 'content-range': Buffer.from(range).toString('latin1') },
        body: 'hello',
        status: 400,
        code: 'BLOB_UPLOAD_INVALID',
      })),
      {
        ask: 'PATCH {location}',
        headers: { 'content-range': '0-9' },
        body: 'hello',
        status: 400,
        code: 'SIZE_INVALID',
      },
      {
        ask: 'PATCH {location}',
        headers: { 'content-range': '0-3' },
        body: 'hello',
        status: 400,
        code: 'SIZE_INVALID',
      },
      {
        ask: 'PATCH {location}',
        headers: { 'content-range': '0-3' },
        body: stream('hello'),
        status: 400,
        code: 'SIZE_INVALID',
      },
      { ask: 'GET {location}', status: 204, has: { range: '0-0' } },
      // What came before the stream ended too soon is kept, as after a broken connection.
      {
        ask: 'PATCH {location}',
        headers: { 'content-range': '0-9' },
        body: stream('hel'),
        status: 400,
        code: 'SIZE_INVALID',
      },
      { ask: 'GET {location}', status: 204, has: { range: '0-2' } },
      { ask: `PUT {location}?digest=${hello.digest}`, body: 'lo', status: 201 },
      ...IS_THERE,
    ]);
  });
});

describe('sessions', () => {
  it('can be cancelled', async () => {
    await using registry = await startRegistry();
    const gone = { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' };
    await converse(registry, [
      { ask: START, status: 202 },
      { ask: 'PATCH {location}', body: 'hello', status: 202 },
      { ask: 'DELETE {location}', status: 204 },
      { ask: 'GET {location}', ...gone },
      { ask: 'PATCH {location}', body: 'x', ...gone },
      { ask: `PUT {location}?digest=${hello.digest}`, ...gone },
      { ask: 'DELETE {location}', ...gone },
      ...IS_ABSENT,
    ]);
  });

  it('that never were are 404, whatever their names look like', async () => {
    await using registry = await startRegistry();
    const names = [randomUUID(), randomUUID().toUpperCase(), 'x', '..%2e', '__proto__', '%00', 'a'.repeat(5000)];
    const gone = { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' };
    await converse(
      registry,
      names.flatMap((name) => {
        const path = `/v2/a/b/blobs/uploads/${name}`;
        return [
          { ask: `GET ${path}`, ...gone },
          { ask: `PATCH ${path}`, body: 'x', ...gone },
          { ask: `PUT ${path}?digest=${hello.digest}`, body: 'hello', ...gone },
          { ask: `DELETE ${path}`, ...gone },
        ];
      }),
    );
  });

  it('belong to one repository', async () => {
    await using registry = await startRegistry();
    const { headers } = await converse(registry, [{ ask: START, status: 202 }]);
    const elsewhere = headers.location?.replace('/a/b/', '/a/c/') ?? '';
    const gone = { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' };
    await converse(registry, [
      { ask: `GET ${elsewhere}`, ...gone },
      { ask: `PATCH ${elsewhere}`, body: 'x', ...gone },
      { ask: `PUT ${elsewhere}?digest=${hello.digest}`, body: 'hello', ...gone },
      { ask: `DELETE ${elsewhere}`, ...gone },
      { ask: `GET ${headers.location ?? ''}`, status: 204 },
    ]);
  });

  it('tell how far they are to HEAD as to GET', async () => {
    await using registry = await startRegistry();
    await converse(registry, [
      { ask: START, status: 202 },
      { ask: 'PATCH {location}', body: 'hello', status: 202 },
      { ask: 'HEAD {location}', status: 204, has: { location: SESSION, range: '0-4' } },
    ]);
  });

  it('may be finished twice, as clients do whose answer was lost', async () => {
    await using registry = await startRegistry();
    const start = await converse(registry, [{ ask: START, status: 202 }]);
    const again = {
      ask: `PUT ${start.headers.location}?digest=${hello.digest}`,
      status: 201,
      has: created(hello.digest),
    };
    await converse(registry, [
      { ...again, body: 'hello' },
      { ...again, body: 'hello' },
      again,
      { ask: `PUT ${start.headers.location}?digest=${digestOf('other')}`, status: 404, code: 'BLOB_UPLOAD_UNKNOWN' },
    ]);
  });
});
