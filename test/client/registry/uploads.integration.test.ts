/** Sending blobs: whole, again from where it broke, in pieces, and not at all. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openRegistry } from '../../../src/client/registry/registry-client.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { type Content, blob, descriptorOf } from '../../support/images.ts';

const never = new AbortController().signal;
const LAYER = blob(Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251)));

/** How the registry behaves. */
interface Behaviour {
  /** Whether a request's body is refused, by its place among all with one: the bytes after which the connection breaks. */
  readonly breakAfter?: (count: number) => number | undefined;
  /** Longer bodies get 413. */
  readonly bodyMax?: number;
  /** Says nothing more instead of breaking the connection. */
  readonly stalls?: boolean;
  /** Forgets what it has when a connection breaks. */
  readonly forgets?: boolean;
  /** Breaks the connection after it has all, instead of the answer. */
  readonly losesAnswer?: boolean;
}

/** A registry that keeps one upload. */
async function startUploads({
  breakAfter = () => undefined,
  bodyMax = Infinity,
  forgets = false,
  losesAnswer = false,
  stalls = false,
}: Behaviour) {
  const log: string[] = [];
  let [held, begun, bodies] = [Buffer.alloc(0), 0, 0];
  const stored = new Map<string, Buffer>();
  const take = async (request: IncomingMessage): Promise<boolean> => {
    const limit = breakAfter(bodies++) ?? Infinity;
    let taken = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, limit - taken);
      held = Buffer.concat([held, part]);
      taken += part.length;
      if (taken >= limit && stalls) await new Promise(() => {});
      if (taken >= limit) return false;
    }
    return true;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers, socket } = request;
    const { pathname, searchParams } = new URL(url, 'http://stub');
    const length = Number(headers['content-length'] ?? 0);
    if (pathname !== '/v2/') log.push(`${method} ${pathname.split('/').at(-1)} ${headers['content-range'] ?? length}`);
    const location = `/v2/a/blobs/uploads/${begun}`;
    const digest = searchParams.get('digest');
    const finish = (status: number, more: Record<string, string | number> = {}) =>
      response.writeHead(status, { 'content-length': 0, ...more }).end();
    if (pathname === '/v2/') return void finish(200);
    if (method === 'POST') {
      held = Buffer.alloc(0);
      return void finish(202, { location: `/v2/a/blobs/uploads/${++begun}` });
    }
    if (method === 'HEAD') return void finish(stored.has(pathname.split('/').at(-1) ?? '') ? 200 : 404);
    if (pathname !== location || stored.size > 0) return void finish(404);
    if (method === 'GET') return void finish(204, { location, range: `0-${held.length - 1}` });
    if (method === 'DELETE') return void finish(204);
    if (length > bodyMax) return void finish(413, { connection: 'close' });
    if (!(await take(request))) {
      if (forgets) begun++;
      return void socket.destroy();
    }
    if (digest === null) return void finish(202, { location, range: `0-${held.length - 1}` });
    if (digest !== digestOf(held)) return void finish(400);
    stored.set(digest, held);
    return losesAnswer ? void socket.destroy() : void finish(201, { location });
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => request.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = openRegistry({
    host,
    tls: 'plain',
    credentials: async () => undefined,
    retries: { delay: 1 },
    silence: stalls ? 300 : 60_000,
  });
  return {
    client,
    log,
    stored,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @returns where the content was opened */
async function send({ client }: Awaited<ReturnType<typeof startUploads>>, content: Content): Promise<number[]> {
  const opened: number[] = [];
  const open = async (offset: number) => {
    opened.push(offset);
    const chunks = Array.from({ length: Math.ceil((content.bytes.length - offset) / 65_536) }, (_, index) =>
      content.bytes.subarray(offset + index * 65_536, offset + (index + 1) * 65_536),
    );
    return Readable.from(chunks);
  };
  await client.uploadBlob('a', descriptorOf(content), open, never);
  return opened;
}

describe('a blob', () => {
  it('is sent whole', async () => {
    await using registry = await startUploads({});
    expect(await send(registry, LAYER)).toEqual([0]);
    expect(registry.log).toEqual(['POST  0', 'PUT 1 3000000']);
    expect(registry.stored.get(LAYER.digest)?.equals(LAYER.bytes)).toBe(true);
  });

  it('goes on from where the connection broke', async () => {
    await using registry = await startUploads({ breakAfter: (count) => [1_000_000, 700_000][count] });
    const opened = await send(registry, LAYER);
    expect(opened).toEqual([0, 1_000_000, 1_700_000]);
    expect(registry.log).toEqual([
      'POST  0',
      'PUT 1 3000000',
      'GET 1 0',
      'PATCH 1 1000000-2999999',
      'GET 1 0',
      'PATCH 1 1700000-2999999',
      'PUT 1 0',
    ]);
    expect(registry.stored.get(LAYER.digest)?.equals(LAYER.bytes)).toBe(true);
  });

  it('goes on from where the registry went silent', async () => {
    await using registry = await startUploads({ breakAfter: (count) => [500_000][count], stalls: true });
    // More than the system's buffers between the two take.
    const large = blob(Buffer.alloc(16_000_000, 'large'));
    expect(await send(registry, large)).toEqual([0, 500_000]);
    expect(registry.stored.get(large.digest)?.equals(large.bytes)).toBe(true);
  });

  it('begins again where the registry forgot', async () => {
    await using registry = await startUploads({ breakAfter: (count) => [1_000_000][count], forgets: true });
    expect(await send(registry, LAYER)).toEqual([0, 0]);
    expect(registry.stored.get(LAYER.digest)?.equals(LAYER.bytes)).toBe(true);
  });

  it('is not sent again when only the answer was lost', async () => {
    await using registry = await startUploads({ losesAnswer: true });
    expect(await send(registry, LAYER)).toEqual([0]);
    expect(registry.log.map((line) => line.split(' ')[0])).toEqual(['POST', 'PUT', 'GET', 'HEAD']);
  });

  it('is sent in pieces that a proxy lets through', async () => {
    await using registry = await startUploads({ bodyMax: 1_000_000 });
    await send(registry, LAYER);
    expect(registry.log.filter((line) => line.startsWith('PATCH')).slice(-3)).toEqual([
      'PATCH 1 0-999999',
      'PATCH 1 1000000-1999999',
      'PATCH 1 2000000-2999999',
    ]);
    expect(registry.stored.get(LAYER.digest)?.equals(LAYER.bytes)).toBe(true);
  });

  it('is given up when the connection breaks again and again, and called off', async () => {
    await using registry = await startUploads({ breakAfter: () => 10 });
    await expect(send(registry, LAYER)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(registry.log.at(-1)).toBe('DELETE 1 0');
    expect(registry.stored.size).toBe(0);
  });

  it('that the registry finds wrong is told, and called off', async () => {
    await using registry = await startUploads({});
    const wrong = { ...LAYER, digest: blob('another').digest };
    await expect(send(registry, wrong)).rejects.toMatchObject({ code: 'CONTENT_WRONG' });
    expect(registry.log.at(-1)).toBe('DELETE 1 0');
  });
});
