/** What clients hear when the store fails, or the program: the truth in short, and nothing of the inside. */
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/oci/digest.ts';
import type { BlobReader, BlobUpload, UploadId } from '../../src/registry/core/ports.ts';
import { MemoryBlobStore } from '../../src/registry/storage/memory-blob-store.ts';
import { blob, pushBlob } from '../support/images.ts';
import { type MemoryRegistry, startRegistry } from '../support/registry-server.ts';
import { errorsOf } from '../support/wire-rules.ts';
import { converse } from '../support/wire-table.ts';

const layer = blob('layer');
const START = 'POST /v2/a/blobs/uploads/';

/** What the next call of each kind throws. */
interface Failures {
  append?: Error | undefined;
  finish?: Error | undefined;
  open?: Error | undefined;
  chunks?: Error | undefined;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: something about /var/lib/secret`), { code });
}

/** A store that fails as told. */
class FailingStore extends MemoryBlobStore {
  readonly fail: Failures = {};

  override async openUpload(id: UploadId): Promise<BlobUpload> {
    const upload = await super.openUpload(id);
    return {
      get size() {
        return upload.size;
      },
      append: async (source) => (this.#next('append'), upload.append(source)),
      finish: async (digest) => (this.#next('finish'), upload.finish(digest)),
      release: () => upload.release(),
      discard: () => upload.discard(),
    };
  }

  override async open(digest: Digest): Promise<BlobReader | undefined> {
    this.#next('open');
    const reader = await super.open(digest);
    const next = () => this.#next('chunks');
    return (
      reader && {
        size: reader.size,
        async *chunks(start, end) {
          next();
          yield* reader.chunks(start, end);
        },
        [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
      }
    );
  }

  #next(kind: keyof Failures): void {
    const error = this.fail[kind];
    this.fail[kind] = undefined;
    if (error !== undefined) throw error;
  }
}

async function startFailing(): Promise<{ readonly registry: MemoryRegistry; readonly fail: Failures }> {
  const store = new FailingStore();
  return { registry: await startRegistry({ store, mayFail: true }), fail: store.fail };
}

describe('a full disk', () => {
  it.each(['ENOSPC', 'EDQUOT'])('is 507, and the upload goes on when there is room (%s)', async (code) => {
    const { registry, fail } = await startFailing();
    await using _ = registry;
    fail.append = systemError(code);
    const { headers } = await converse(registry, [{ ask: START, status: 202 }]);
    const session = headers.location ?? '';
    await converse(registry, [
      { ask: `PATCH ${session}`, body: 'lay', status: 507, code: 'UNAVAILABLE', has: { 'retry-after': '5' } },
      { ask: `PATCH ${session}`, body: 'lay', status: 202 },
    ]);
    fail.finish = systemError(code);
    await converse(registry, [
      { ask: `PUT ${session}?digest=${layer.digest}`, body: 'er', status: 507, code: 'UNAVAILABLE' },
      { ask: `HEAD /v2/a/blobs/${layer.digest}`, status: 404 },
      { ask: `GET ${session}`, status: 204, has: { range: '0-4' } },
      { ask: `PUT ${session}?digest=${layer.digest}`, status: 201 },
      { ask: 'GET {location}', status: 200, is: 'layer' },
    ]);
  });
});

describe('a broken disk', () => {
  it('is 503, says nothing of the inside, and is in the log', async () => {
    const { registry, fail } = await startFailing();
    await using _ = registry;
    await pushBlob(registry, 'a', layer);
    fail.open = systemError('EIO');
    const ask = `GET /v2/a/blobs/${layer.digest}`;
    const { text } = await converse(registry, [{ ask, status: 503, code: 'UNAVAILABLE', has: { 'retry-after': '5' } }]);
    expect(text).not.toContain('secret');
    expect(JSON.stringify(registry.log.filter(({ level }) => level === 'error'))).toContain('EIO');
    await converse(registry, [{ ask, status: 200, is: 'layer' }]);
  });

  it('in the middle of a blob breaks the connection off, so that nobody takes a part for the whole', async () => {
    const { registry, fail } = await startFailing();
    await using _ = registry;
    await pushBlob(registry, 'a', layer);
    fail.chunks = systemError('EIO');
    using connection = await registry.connect();
    await connection.write(`GET /v2/a/blobs/${layer.digest} HTTP/1.1\r\nhost: a\r\n\r\n`);
    await expect(connection.reply()).rejects.toThrow('The connection closed');
    await converse(registry, [{ ask: `GET /v2/a/blobs/${layer.digest}`, status: 200, is: 'layer' }]);
  });
});

describe('a fault of the program', () => {
  it('is 500, with the name under which the log tells more', async () => {
    const { registry, fail } = await startFailing();
    await using _ = registry;
    await pushBlob(registry, 'a', layer);
    fail.open = new TypeError('Cannot read properties of undefined (reading secret)');
    const headers = { 'x-request-id': 'request-7' };
    const reply = await converse(registry, [
      { ask: `GET /v2/a/blobs/${layer.digest}`, headers, status: 500, code: 'UNKNOWN' },
    ]);
    expect(errorsOf(reply)[0]?.message).toContain('request-7');
    expect(reply.text).not.toContain('secret');
    const [line] = registry.log.filter(({ level }) => level === 'error');
    expect(line).toMatchObject({
      event: 'request.failed',
      fields: { request: 'request-7', error: expect.stringContaining('TypeError') },
    });
  });
});
