/** Pushes through the whole registry, many at a time: what arrives in memory that is lent ends in the right blobs. */
import { createHash } from 'node:crypto';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import type { RawConnection } from '../../../support/raw-connection.ts';
import { type TestRegistry, startRegistryIn } from '../../../support/registry-server.ts';

const MIB = 1024 * 1024;

/** Bytes that differ from those of other seeds at every place. */
function bytesOf(seed: number, length: number): Buffer {
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, (_, at) => Math.imul(at + seed * 7919, 0x9e3779b1));
  return Buffer.from(words.buffer, 0, length);
}

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const request = (line: string, ...fields: string[]) => [`${line} HTTP/1.1`, 'host: a', ...fields, '', ''].join('\r\n');

async function startUpload(connection: RawConnection): Promise<string> {
  await connection.write(request('POST /v2/app/blobs/uploads/', 'content-length: 0'));
  const { pathname } = new URL((await connection.reply()).headers.location ?? '', 'http://a');
  return pathname;
}

/** Sends a body in chunks, or by its length. */
async function sendBody(connection: RawConnection, line: string, body: Buffer, chunk: number): Promise<void> {
  if (chunk === 0) {
    await connection.write(request(line, `content-length: ${body.length}`));
    await connection.write(body);
    return;
  }
  await connection.write(request(line, 'transfer-encoding: chunked'));
  for (let at = 0; at < body.length; at += chunk) {
    const part = body.subarray(at, at + chunk);
    await connection.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]));
  }
  await connection.write('0\r\n\r\n');
}

/** Bytes that an upload has. */
async function receivedOf(registry: TestRegistry, path: string): Promise<number> {
  const reply = await registry.send({ method: 'GET', path });
  return Number(/^0-(\d+)$/.exec(reply.headers.range ?? '')?.[1] ?? -1) + 1;
}

async function pull(registry: TestRegistry, digest: string): Promise<string> {
  const reply = await registry.send({ method: 'GET', path: `/v2/app/blobs/${digest}` });
  return digestOf(reply.body);
}

describe('pushes', () => {
  it('of large blobs at the same time store each its own bytes', async () => {
    await using folder = await mkdtempDisposable(`${tmpdir()}/devreg-pushes-`);
    await using registry = await startRegistryIn(folder.path, { durability: 'fast' });
    const push = async (seed: number) => {
      using connection = await registry.connect();
      const body = bytesOf(seed, 16 * MIB + seed);
      const digest = digestOf(body);
      const path = await startUpload(connection);
      await sendBody(connection, `PATCH ${path}`, body.subarray(0, 9 * MIB), seed % 3 === 0 ? 0 : 100_000 * seed);
      expect((await connection.reply()).status).toBe(202);
      await sendBody(connection, `PUT ${path}?digest=${digest}`, body.subarray(9 * MIB), seed % 2 === 0 ? 0 : 30_000);
      expect((await connection.reply()).status).toBe(201);
      return digest;
    };
    const digests = await Promise.all(Array.from({ length: 12 }, (_, seed) => push(seed)));
    for (const digest of digests) expect(await pull(registry, digest)).toBe(digest);
  });

  it('that others take over store what the last one sent', async () => {
    await using folder = await mkdtempDisposable(`${tmpdir()}/devreg-pushes-`);
    await using registry = await startRegistryIn(folder.path, { durability: 'fast' });
    const push = async (seed: number) => {
      using abandoned = await registry.connect();
      using connection = await registry.connect();
      const body = bytesOf(seed, 6 * MIB);
      const digest = digestOf(body);
      const path = await startUpload(connection);
      await abandoned.write(request(`PATCH ${path}`, `content-length: ${100 * MIB}`));
      await abandoned.write(body.subarray(0, 3 * MIB));
      await vi.waitFor(async () => expect(await receivedOf(registry, path)).toBeGreaterThan(1), { timeout: 20_000 });
      // A chunk of no bytes takes the upload over.
      await connection.write(request(`PATCH ${path}`, 'content-length: 0'));
      expect((await connection.reply()).status).toBe(202);
      const received = await receivedOf(registry, path);
      // What nobody wants any more goes on while the other sends.
      const draining = abandoned.write(bytesOf(seed + 1_000, 8 * MIB));
      await sendBody(connection, `PUT ${path}?digest=${digest}`, body.subarray(received), seed % 2 === 0 ? 0 : 70_000);
      expect((await connection.reply()).status).toBe(201);
      await draining;
      return digest;
    };
    const digests = await Promise.all(Array.from({ length: 10 }, (_, seed) => push(seed)));
    for (const digest of digests) expect(await pull(registry, digest)).toBe(digest);
  });
});
