/** Uploads whose clients are many, impatient, interrupted or gone. */
import { randomBytes } from 'node:crypto';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { CONFIG, blob, image, pushBlob } from '../../support/images.ts';
import { type TestRegistry, startRegistry, startRegistryIn } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';
import { errorsOf } from '../../support/wire-rules.ts';

const START = 'POST /v2/a/blobs/uploads/';
const MIB = 1024 * 1024;

async function begin(registry: TestRegistry): Promise<string> {
  const { headers } = await converse(registry, [{ ask: START, status: 202 }]);
  return headers.location ?? '';
}

/** Sends the head of a PATCH and a part of its body. */
async function beginPatch(registry: TestRegistry, session: string, length: number, body: Uint8Array) {
  const connection = await registry.connect();
  await connection.write(`PATCH ${session} HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`);
  await connection.write(body);
  return connection;
}

async function sizeOf(registry: TestRegistry, session: string): Promise<number> {
  const reply = await registry.send({ method: 'GET', path: session });
  const last = Number(/^0-(\d+)$/.exec(reply.headers.range ?? '')?.[1]);
  return last === 0 ? 0 : last + 1;
}

describe('a broken connection', () => {
  it('leaves what arrived, and the upload goes on from there', async () => {
    await using registry = await startRegistry();
    const layer = blob(randomBytes(3 * MIB));
    const session = await begin(registry);
    const connection = await beginPatch(registry, session, layer.bytes.length, layer.bytes.subarray(0, 2_000_001));
    connection[Symbol.dispose]();
    await vi.waitFor(async () => expect(await sizeOf(registry, session)).toBe(2_000_001), { interval: 5 });
    await converse(registry, [
      {
        ask: `PATCH ${session}`,
        headers: { 'content-range': `2000001-${layer.bytes.length - 1}` },
        body: layer.bytes.subarray(2_000_001),
        status: 202,
      },
      { ask: `PUT {location}?digest=${layer.digest}`, status: 201 },
      { ask: 'GET {location}', status: 200, is: layer.bytes },
    ]);
  });

  it('in the middle of the last chunk makes no blob', async () => {
    await using registry = await startRegistry();
    const session = await begin(registry);
    using connection = await registry.connect();
    await connection.write(
      `PUT ${session}?digest=${digestOf('hello')} HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhello`,
    );
    connection.reset();
    await vi.waitFor(() => expect(registry.log.some(({ fields }) => fields['method'] === 'PUT')).toBe(true), {
      interval: 5,
    });
    await converse(registry, [
      { ask: `HEAD /v2/a/blobs/${digestOf('hello')}`, status: 404 },
      { ask: `GET ${session}`, status: 204 },
    ]);
  });

  it('in the middle of a single POST or of a manifest leaves nothing', async () => {
    await using registry = await startRegistry();
    const asks = [`POST /v2/a/blobs/uploads/?digest=${digestOf('hello')}`, 'PUT /v2/a/manifests/x'];
    for (const ask of asks) {
      using connection = await registry.connect();
      await connection.write(`${ask} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`);
      connection.reset();
    }
    await vi.waitFor(() => expect(registry.log.filter(({ event }) => event === 'request')).toHaveLength(2), {
      interval: 5,
    });
    expect(await Array.fromAsync(registry.blobs.list())).toEqual([]);
    expect(await Array.fromAsync(registry.blobs.listUploads())).toEqual([]);
  });

  it('in the middle of a pull harms nobody else', async () => {
    await using registry = await startRegistry();
    const layer = blob(randomBytes(8 * MIB));
    await pushBlob(registry, 'a', layer);
    using connection = await registry.connect();
    await connection.write(`GET /v2/a/blobs/${layer.digest} HTTP/1.1\r\nhost: a\r\n\r\n`);
    connection.reset();
    await converse(registry, [{ ask: `GET /v2/a/blobs/${layer.digest}`, status: 200, is: layer.bytes }]);
  });
});

describe('two writers of one session', () => {
  it('are one: the later takes over, what the earlier sent stays', async () => {
    await using registry = await startRegistry();
    const layer = blob(randomBytes(4 * MIB));
    const session = await begin(registry);
    using stalled = await beginPatch(registry, session, layer.bytes.length, layer.bytes.subarray(0, 2 * MIB + 5));
    await vi.waitFor(async () => expect(await sizeOf(registry, session)).toBeGreaterThanOrEqual(MIB), { interval: 5 });
    const received = await sizeOf(registry, session);
    await converse(registry, [
      {
        ask: `PATCH ${session}`,
        headers: { 'content-range': `${received}-${layer.bytes.length - 1}` },
        body: layer.bytes.subarray(received),
        status: 202,
        has: { range: `0-${layer.bytes.length - 1}` },
      },
    ]);
    const refused = await stalled.reply();
    expect([refused.status, errorsOf(refused)[0]?.code]).toEqual([400, 'BLOB_UPLOAD_INVALID']);
    await converse(registry, [
      { ask: `PUT ${session}?digest=${layer.digest}`, status: 201 },
      { ask: 'GET {location}', status: 200, is: layer.bytes },
    ]);
  });

  it('finish it once, and both hear so', async () => {
    await using registry = await startRegistry();
    for (let round = 0; round < 20; round++) {
      const layer = blob(`layer ${round}`);
      const session = await begin(registry);
      await converse(registry, [{ ask: `PATCH ${session}`, body: layer.bytes, status: 202 }]);
      const finish = () => registry.send({ method: 'PUT', path: `${session}?digest=${layer.digest}` });
      const replies = await Promise.all([finish(), finish(), finish()]);
      expect(replies.map(({ status }) => status)).toEqual([201, 201, 201]);
    }
  });

  it('finish it under two digests: one is right', async () => {
    await using registry = await startRegistry();
    for (let round = 0; round < 20; round++) {
      const session = await begin(registry);
      await converse(registry, [{ ask: `PATCH ${session}`, body: `hello ${round}`, status: 202 }]);
      const finish = async (text: string) =>
        (await registry.send({ method: 'PUT', path: `${session}?digest=${digestOf(text)}` })).status;
      const [right, wrong] = await Promise.all([finish(`hello ${round}`), finish(`other ${round}`)]);
      expect([
        [201, 404],
        [404, 400],
      ]).toContainEqual([right, wrong]);
    }
  });

  it('may be one that cancels', async () => {
    await using registry = await startRegistry();
    const session = await begin(registry);
    using stalled = await beginPatch(registry, session, 10, Buffer.from('hello'));
    await vi.waitFor(async () => expect(await sizeOf(registry, session)).toBe(0), { interval: 5 });
    await converse(registry, [
      { ask: `DELETE ${session}`, status: 204 },
      { ask: `GET ${session}`, status: 404 },
    ]);
    expect([400, 404]).toContain((await stalled.reply()).status);
    expect(await Array.fromAsync(registry.blobs.listUploads())).toEqual([]);
  });
});

describe('many clients at once', () => {
  it('push the same blob, in every way, and none fails', async () => {
    await using registry = await startRegistry();
    const layer = blob(randomBytes(100_000));
    const inOneGo = () =>
      converse(registry, [{ ask: `${START}?digest=${layer.digest}`, body: layer.bytes, status: 201 }]);
    const inSteps = () =>
      converse(registry, [
        { ask: START, status: 202 },
        { ask: 'PATCH {location}', body: layer.bytes.subarray(0, 50_000), status: 202 },
        { ask: `PUT {location}?digest=${layer.digest}`, body: layer.bytes.subarray(50_000), status: 201 },
      ]);
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? inOneGo() : inSteps())));
    await converse(registry, [{ ask: `GET /v2/a/blobs/${layer.digest}`, status: 200, is: layer.bytes }]);
  });

  it('push the same tag, and it points to one of theirs', async () => {
    await using registry = await startRegistry();
    await pushBlob(registry, 'a', CONFIG);
    const manifests = Array.from({ length: 20 }, (_, index) => image([], { annotations: { index: String(index) } }));
    await Promise.all(
      manifests.map(({ bytes }) =>
        converse(registry, [
          { ask: 'PUT /v2/a/manifests/x', headers: { 'content-type': OCI_MANIFEST }, body: bytes, status: 201 },
        ]),
      ),
    );
    const { body } = await converse(registry, [{ ask: 'GET /v2/a/manifests/x', status: 200 }]);
    expect(manifests.filter(({ bytes }) => bytes.equals(body))).toHaveLength(1);
    await converse(
      registry,
      manifests.map(({ digest, bytes }) => ({ ask: `GET /v2/a/manifests/${digest}`, status: 200, is: bytes })),
    );
  });
});

describe('a client that waits to be invited', () => {
  const invite = { expect: '100-continue' };

  it('is invited when its body is wanted', async () => {
    await using registry = await startRegistry();
    const session = await begin(registry);
    const reply = await converse(registry, [
      { ask: `PATCH ${session}`, headers: { ...invite, 'content-length': '5' }, body: 'hello', status: 202 },
    ]);
    expect(reply.wasInvited).toBe(true);
  });

  it('is refused before it sends a body that is not', async () => {
    await using registry = await startRegistry();
    const session = await begin(registry);
    const large = { ...invite, 'content-length': String(9 * MIB) };
    const rows = [
      { ask: 'PATCH /v2/a/blobs/uploads/nothing', status: 404 },
      { ask: `PUT /v2/a/blobs/uploads/nothing?digest=${digestOf('hello')}`, status: 404 },
      { ask: `PUT ${session}?digest=none`, status: 400 },
      { ask: `PATCH ${session}`, headers: { ...large, 'content-range': `5-${9 * MIB + 4}` }, status: 416 },
      { ask: `PATCH ${session}`, headers: { ...large, 'content-range': '0-0' }, status: 400 },
      { ask: `${START}?digest=none`, status: 400 },
      { ask: 'PUT /v2/a/manifests/x', status: 413 },
      { ask: 'PUT /v2/A/manifests/x', status: 400 },
      { ask: 'PUT /v2/nothing', status: 404 },
      { ask: 'POST /v2/', status: 405 },
    ];
    for (const row of rows) {
      const reply = await converse(registry, [{ headers: large, body: Buffer.alloc(9 * MIB), ...row }]);
      expect([row.ask, reply.wasInvited, reply.headers.connection]).toEqual([row.ask, false, 'close']);
    }
  });

  it('may expect what nobody knows', async () => {
    await using registry = await startRegistry();
    await converse(registry, [{ ask: 'GET /v2/', headers: { expect: 'miracles' }, status: 200 }]);
  });
});

describe('a registry on disk', () => {
  it('goes on after a restart where it was', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-uploads-'));
    const layer = blob(randomBytes(2 * MIB));
    let session = '';
    {
      await using registry = await startRegistryIn(folder.path);
      session = await begin(registry);
      await converse(registry, [{ ask: `PATCH ${session}`, body: layer.bytes.subarray(0, MIB), status: 202 }]);
    }
    {
      await using registry = await startRegistryIn(folder.path);
      await converse(registry, [
        { ask: `GET ${session}`, status: 204, has: { range: `0-${MIB - 1}` } },
        {
          ask: `PATCH ${session}`,
          body: layer.bytes.subarray(MIB, MIB + 5),
          status: 202,
          has: { range: `0-${MIB + 4}` },
        },
      ]);
    }
    await using registry = await startRegistryIn(folder.path);
    await converse(registry, [
      { ask: `PUT ${session}?digest=${layer.digest}`, body: layer.bytes.subarray(MIB + 5), status: 201 },
      { ask: 'GET {location}', status: 200, is: layer.bytes },
    ]);
  });

  it('that closes keeps what a client had sent', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-uploads-'));
    let session = '';
    {
      await using registry = await startRegistryIn(folder.path, { grace: 10 });
      session = await begin(registry);
      using stalled = await beginPatch(registry, session, 3 * MIB, Buffer.alloc(2 * MIB));
      await vi.waitFor(async () => expect(await sizeOf(registry, session)).toBeGreaterThanOrEqual(MIB), {
        interval: 5,
      });
      void stalled;
    }
    await using registry = await startRegistryIn(folder.path);
    expect(await sizeOf(registry, session)).toBeGreaterThanOrEqual(MIB);
  });
});
