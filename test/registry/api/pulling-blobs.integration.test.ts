/** The wire, "Pulling blobs" and "Checking if content exists". */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { blob, pushBlob } from '../../support/images.ts';
import { parseByteRanges } from '../../support/multipart.ts';
import { type MemoryRegistry, startRegistry } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';

const ABSENT = digestOf('absent');
const IMMUTABLE = 'private, max-age=31536000, immutable';

describe('a blob', () => {
  it('is given whole, with its digest', async () => {
    await using registry = await startRegistry();
    const layer = blob(randomBytes(2_000_000));
    await pushBlob(registry, 'a/b', layer);
    const has = {
      'content-type': 'application/octet-stream',
      'content-length': '2000000',
      'docker-content-digest': layer.digest,
      etag: `"${layer.digest}"`,
      'cache-control': IMMUTABLE,
      'accept-ranges': 'bytes',
    };
    await converse(registry, [
      { ask: `GET /v2/a/b/blobs/${layer.digest}`, status: 200, has, is: layer.bytes },
      { ask: `HEAD /v2/a/b/blobs/${layer.digest}`, status: 200, has, is: '' },
      { ask: `GET /v2/a/b/blobs/${layer.digest.replace(':', '%3a')}`, status: 200, has, is: layer.bytes },
      { ask: `GET /v2/a/b/blobs/${layer.digest}?ns=docker.io`, status: 200, is: layer.bytes },
    ]);
  });

  it('may be empty', async () => {
    await using registry = await startRegistry();
    const empty = blob('');
    await pushBlob(registry, 'a', empty);
    const has = { 'content-length': '0', 'docker-content-digest': empty.digest };
    const ask = `GET /v2/a/blobs/${empty.digest}`;
    await converse(registry, [
      { ask, status: 200, has, is: '' },
      { ask: ask.replace('GET', 'HEAD'), status: 200, has },
      { ask, headers: { 'if-none-match': `"${empty.digest}"` }, status: 304 },
      // Some clients ask for ranges always; an empty blob has none they could get.
      { ask, headers: { range: 'bytes=0-' }, status: 200, has, is: '' },
      { ask, headers: { range: 'bytes=0-9' }, status: 200, has, is: '' },
      { ask, headers: { range: 'bytes=-5' }, status: 200, has, is: '' },
    ]);
  });

  it('is not sent again to a client that has it', async () => {
    await using registry = await startRegistry();
    const layer = blob('layer');
    await pushBlob(registry, 'a', layer);
    const ask = `GET /v2/a/blobs/${layer.digest}`;
    const unchanged = { 'if-none-match': `"x", W/"${layer.digest}"` };
    const has = { etag: `"${layer.digest}"`, 'docker-content-digest': layer.digest };
    await converse(registry, [
      { ask, headers: unchanged, status: 304, has },
      { ask: ask.replace('GET', 'HEAD'), headers: unchanged, status: 304, has },
      { ask, headers: { ...unchanged, range: 'bytes=0-0' }, status: 304, has },
      { ask, headers: { 'if-none-match': `"${ABSENT}"`, range: 'bytes=0-0' }, status: 206, is: 'l' },
      {
        ask: `GET /v2/a/blobs/${ABSENT}`,
        headers: { 'if-none-match': `"${ABSENT}"` },
        status: 404,
        code: 'BLOB_UNKNOWN',
      },
      { ask: `HEAD /v2/a/blobs/${ABSENT}`, headers: { 'if-none-match': '*' }, status: 404 },
    ]);
  });

  it('that is not there is 404, and a digest that is none is 400', async () => {
    await using registry = await startRegistry();
    const layer = blob('layer');
    await pushBlob(registry, 'a', layer);
    const rows = [
      { ask: `GET /v2/a/blobs/${ABSENT}`, status: 404, code: 'BLOB_UNKNOWN' },
      { ask: `GET /v2/a/blobs/${digestOf('layer', 'sha512')}`, status: 404, code: 'BLOB_UNKNOWN' },
      { ask: `GET /v2/b/blobs/${layer.digest}`, status: 404, code: 'BLOB_UNKNOWN' },
      { ask: 'GET /v2/a/blobs/latest', status: 400, code: 'DIGEST_INVALID' },
      { ask: 'GET /v2/a/blobs/', status: 400, code: 'DIGEST_INVALID' },
      { ask: `GET /v2/a/blobs/${layer.digest.toUpperCase()}`, status: 400, code: 'DIGEST_INVALID' },
      { ask: `GET /v2/a/blobs/${layer.digest.replace('sha256', 'sha384')}`, status: 400, code: 'DIGEST_INVALID' },
      { ask: `GET /v2/a/blobs/${layer.digest}/x`, status: 404, code: 'UNSUPPORTED' },
    ];
    await converse(registry, rows);
    await converse(
      registry,
      rows.map(({ ask, status }) => ({ ask: ask.replace('GET', 'HEAD'), status })),
    );
  });

  it('is sha512 where that is its name', async () => {
    await using registry = await startRegistry();
    const layer = blob('layer', 'sha512');
    await pushBlob(registry, 'a', layer);
    const has = { 'docker-content-digest': layer.digest };
    await converse(registry, [
      { ask: `GET /v2/a/blobs/${layer.digest}`, status: 200, has, is: layer.bytes },
      { ask: `GET /v2/a/blobs/${digestOf('layer')}`, status: 404, code: 'BLOB_UNKNOWN' },
    ]);
  });
});

describe('ranges', () => {
  const letters = blob('abcdefghijklmnopqrstuvwxyz');

  async function startWithLetters(): Promise<MemoryRegistry> {
    const registry = await startRegistry();
    await pushBlob(registry, 'a', letters);
    return registry;
  }

  const get = (range: string, headers: Record<string, string> = {}) => ({
    ask: `GET /v2/a/blobs/${letters.digest}`,
    headers: { range, ...headers },
  });

  it('give one piece', async () => {
    await using registry = await startWithLetters();
    const rows: [range: string, contentRange: string, is: string][] = [
      ['bytes=0-0', 'bytes 0-0/26', 'a'],
      ['bytes=2-4', 'bytes 2-4/26', 'cde'],
      ['bytes=24-', 'bytes 24-25/26', 'yz'],
      ['bytes=0-', 'bytes 0-25/26', letters.bytes.toString()],
      ['bytes=-3', 'bytes 23-25/26', 'xyz'],
      ['bytes=-100', 'bytes 0-25/26', letters.bytes.toString()],
      ['bytes=20-9999999999999999', 'bytes 20-25/26', 'uvwxyz'],
      ['bytes= 1-2 , ', 'bytes 1-2/26', 'bc'],
      ['bytes=0-3,4-5', 'bytes 0-5/26', 'abcdef'],
      ['bytes=0-3,2-5,30-40', 'bytes 0-5/26', 'abcdef'],
    ];
    await converse(
      registry,
      rows.map(([range, contentRange, is]) => ({
        ...get(range),
        status: 206,
        has: {
          'content-range': contentRange,
          'content-type': 'application/octet-stream',
          'docker-content-digest': letters.digest,
        },
        is,
      })),
    );
  });

  it('that cannot be met are 416 and tell the size', async () => {
    await using registry = await startWithLetters();
    const has = { 'content-range': 'bytes */26', 'docker-content-digest': undefined };
    const ranges = ['bytes=26-', 'bytes=26-30', 'bytes=-0', 'bytes=4-2', 'bytes=30-40,50-60', 'bytes=500-0'];
    await converse(
      registry,
      ranges.map((range) => ({ ...get(range), status: 416, code: 'SIZE_INVALID', has })),
    );
  });

  it('that are not understood, or too many, give the whole', async () => {
    await using registry = await startWithLetters();
    const many = Array.from({ length: 129 }, () => '0-0').join(',');
    const ranges = [
      '',
      'bytes',
      'bytes=',
      'bytes=,',
      'lines=1-2',
      'bytes=a-b',
      'bytes=1',
      'bytes=--1',
      'bytes=1-2-3',
      'bytes=0x1-2',
      `bytes=${many}`,
    ];
    await converse(
      registry,
      ranges.map((range) => ({ ...get(range), status: 200, has: { 'content-range': undefined }, is: letters.bytes })),
    );
  });

  it('that overlap give the whole, so that one request never fetches a blob many times', async () => {
    await using registry = await startWithLetters();
    const descending = Array.from({ length: 26 }, (_, index) => `${25 - index}-`).join(',');
    await converse(registry, [
      { ...get(`bytes=${descending}`), status: 200, is: letters.bytes },
      { ...get('bytes=10-20,0-25'), status: 200, is: letters.bytes },
    ]);
  });

  it('depend on If-Range', async () => {
    await using registry = await startWithLetters();
    const conditions: [condition: string, isMet: boolean][] = [
      [`"${letters.digest}"`, true],
      [`W/"${letters.digest}"`, false],
      [`"${ABSENT}"`, false],
      [letters.digest, false],
      ['Sat, 21 Nov 2026 10:00:00 GMT', false],
    ];
    await converse(
      registry,
      conditions.map(([condition, isMet]) => ({
        ...get('bytes=0-1', { 'if-range': condition }),
        status: isMet ? 206 : 200,
        is: isMet ? 'ab' : letters.bytes,
      })),
    );
  });

  it('are for GET: HEAD tells of the whole', async () => {
    await using registry = await startWithLetters();
    const ask = `HEAD /v2/a/blobs/${letters.digest}`;
    await converse(registry, [{ ask, headers: { range: 'bytes=0-1' }, status: 200, has: { 'content-length': '26' } }]);
  });

  it('give several pieces as one multipart body', async () => {
    await using registry = await startRegistry();
    const large = blob(randomBytes(1_500_000));
    await pushBlob(registry, 'a', large);
    const ask = `GET /v2/a/blobs/${large.digest}`;
    const headers = { range: 'bytes=1400000-,0-9,600000-1200000' };
    const reply = await converse(registry, [{ ask, headers, status: 206, has: { 'content-range': undefined } }]);
    const octets = 'application/octet-stream';
    const piece = (start: number, end: number) => ({
      contentType: octets,
      contentRange: `bytes ${start}-${end - 1}/1500000`,
      body: large.bytes.subarray(start, end),
    });
    const parts = parseByteRanges(reply.headers['content-type'] ?? '', reply.body);
    expect(parts.map(({ contentRange }) => contentRange)).toEqual([
      'bytes 1400000-1499999/1500000',
      'bytes 0-9/1500000',
      'bytes 600000-1200000/1500000',
    ]);
    const expected = [piece(1_400_000, 1_500_000), piece(0, 10), piece(600_000, 1_200_001)];
    expect(parts.every((part, at) => part.body.equals(expected[at]?.body ?? Buffer.alloc(0)))).toBe(true);
    expect(parts.every(({ contentType }) => contentType === octets)).toBe(true);
    const another = await registry.send({ method: 'GET', path: ask.slice(4), headers });
    expect(another.headers['content-type']).not.toBe(reply.headers['content-type']);
  });
});
