/** Where a kind configuration comes from: real files, a real server, standard input. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type RequestListener, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKindConfig } from '../../src/config/kind-config-file.ts';

const TEXT = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: dev\n';
const CONFIG = { kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', name: 'dev' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devreg-kind-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function read(
  source: string,
  { stdin = '', signal = new AbortController().signal }: { stdin?: string; signal?: AbortSignal } = {},
) {
  return readKindConfig(source, { stdin: Readable.from([Buffer.from(stdin)]), fetch, signal });
}

async function serve(listener: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/kind.yaml`,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

describe('readKindConfig', () => {
  it('reads a file, and names it when it is broken', async () => {
    const path = join(folder, 'good.yaml');
    await writeFile(path, TEXT);
    expect(await read(path)).toEqual(CONFIG);
    const broken = join(folder, 'broken.yaml');
    await writeFile(broken, `${TEXT}nodes: 1\n`);
    await expect(read(broken)).rejects.toThrow(`broken at ${broken}:4:8: nodes must be a list.`);
  });

  it('reads standard input', async () => {
    expect(await read('-', { stdin: TEXT })).toEqual(CONFIG);
    await expect(read('-', { stdin: '- 1' })).rejects.toThrow('broken at standard input:1:1');
  });

  it('reads a URL', async () => {
    await using server = await serve((_request, response) => response.end(TEXT));
    expect(await read(server.url)).toEqual(CONFIG);
  });

  it.each([
    ['missing.yaml', 'there is no such file'],
    ['.', 'it is a folder'],
  ])('says why %s cannot be read', async (name, why) => {
    await expect(read(join(folder, name))).rejects.toMatchObject({
      code: 'KIND_CONFIG_UNREADABLE',
      message: expect.stringContaining(why),
    });
  });

  it('says what a server answers, and that none does', async () => {
    const server = await serve((_request, response) => response.writeHead(404).end());
    await expect(read(server.url)).rejects.toThrow(`${server.url}: the server answers 404 Not Found.`);
    await server[Symbol.asyncDispose]();
    await expect(read(server.url)).rejects.toMatchObject({
      code: 'KIND_CONFIG_UNREADABLE',
      message: expect.stringContaining('nothing answers there'),
    });
    await expect(read('http://nowhere.invalid/x')).rejects.toMatchObject({ code: 'KIND_CONFIG_UNREADABLE' });
  });

  it('says when a server breaks off', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('kind: ');
      response.socket?.end();
    });
    await expect(read(server.url)).rejects.toMatchObject({ code: 'KIND_CONFIG_UNREADABLE' });
  });

  it('does not read without end', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await serve((_request, response) => {
      response.once('close', closed.resolve);
      Readable.from(
        (function* endless() {
          for (;;) yield Buffer.alloc(65_536, '#');
        })(),
      ).pipe(response);
    });
    await expect(read(server.url)).rejects.toThrow('is longer than 1 MiB');
    await expect(read('-', { stdin: '#'.repeat(1024 * 1024 + 1) })).rejects.toMatchObject({
      code: 'KIND_CONFIG_INVALID',
    });
    await closed.promise;
  });

  it('takes nothing that is not UTF-8', async () => {
    const path = join(folder, 'binary.yaml');
    await writeFile(path, Buffer.from([0x6b, 0xff, 0xfe]));
    await expect(read(path)).rejects.toMatchObject({ code: 'KIND_CONFIG_INVALID' });
  });

  it('stops when it is called off', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    await using server = await serve(() => stop.abort(reason));
    await expect(read(server.url, { signal: stop.signal })).rejects.toBe(reason);
  });
});
