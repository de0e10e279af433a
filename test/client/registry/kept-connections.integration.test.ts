/** Connections that are kept: used again while that is safe, asked over again when they are gone, and left by the end. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KeptConnections } from '../../../src/client/registry/kept-connections.ts';

const never = new AbortController().signal;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A server whose connections do what they are told for each request, the how many-th there was to it. */
async function serve(talk: (socket: Socket, request: number, head: string) => void, max = 32) {
  const sockets: Socket[] = [];
  let requests = 0;
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}).on('data', (head) => talk(socket, requests++, head.toString())));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/short?a=b`);
  const kept = new KeptConnections(max);
  interface More {
    readonly method?: 'GET' | 'HEAD';
    readonly headers?: Record<string, string>;
    readonly silence?: number;
    readonly signal?: AbortSignal;
  }
  return {
    kept,
    url,
    sockets,
    requests: () => requests,
    ask: ({ signal = never, ...more }: More = {}) =>
      kept.ask({ method: 'GET', url, headers: {}, host: '127.0.0.1', port, silence: 60_000, ...more }, signal),
    async [Symbol.asyncDispose]() {
      kept[Symbol.dispose]();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

type Server = Awaited<ReturnType<typeof serve>>;

async function read({ ask }: Server, more?: Parameters<Server['ask']>[0]): Promise<string> {
  return text((await ask(more)) ?? expect.unreachable());
}

describe('a connection', () => {
  it('is used for one request after another', async () => {
    const heads: string[] = [];
    await using server = await serve((socket, _, head) => {
      heads.push(head);
      socket.write(OK);
    });
    for (let round = 0; round < 5; round++) expect(await read(server, { headers: { range: 'bytes=1-' } })).toBe('ok');
    expect(server.sockets).toHaveLength(1);
    expect(new Set(heads)).toEqual(
      new Set([`GET /short?a=b HTTP/1.1\r\nrange: bytes=1-\r\nhost: ${server.url.host}\r\n\r\n`]),
    );
  });

  it('is used for one request at a time, and there are no more than may be', async () => {
    const waiting: Socket[] = [];
    await using server = await serve((socket) => {
      waiting.push(socket);
      if (waiting.length >= 2) for (const each of waiting.splice(0)) each.write(OK);
      else if (server.requests() > 2) socket.write(OK);
    }, 2);
    const answers = await Promise.all([server.ask(), server.ask(), server.ask()]);
    expect(answers.map((answer) => answer?.statusCode)).toEqual([200, 200, undefined]);
    expect(server.sockets).toHaveLength(2);
    // Who was one too many was not taken for a strange answer.
    expect((await server.ask())?.statusCode).toBe(200);
  });

  it('that has said too much, or is to be closed, is not used again', async () => {
    await using server = await serve((socket, request) =>
      socket.write(request === 0 ? `${OK}HTTP/1.1 404` : OK.replace('content', 'connection: close\r\ncontent')),
    );
    for (let round = 0; round < 3; round++) expect(await read(server)).toBe('ok');
    expect(server.sockets).toHaveLength(3);
  });

  it('that says something unasked is not used again', async () => {
    await using server = await serve((socket) => socket.write(OK));
    expect(await read(server)).toBe('ok');
    const [first] = server.sockets;
    const closed = once(first ?? expect.unreachable(), 'close');
    first?.write(OK.replace('ok', 'no'));
    await closed;
    expect(await read(server)).toBe('ok');
    expect(server.sockets).toHaveLength(2);
  });

  it('that the server has closed meanwhile is replaced at once, and once', async () => {
    await using server = await serve((socket, request) => {
      if (request === 0) socket.write(OK);
      else if (request === 2) socket.write(OK.replace('ok', 'me'));
      else socket.resetAndDestroy();
    });
    expect(await read(server)).toBe('ok');
    expect(await read(server)).toBe('me');
    expect(server.requests()).toBe(3);
    await expect(server.ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(server.requests()).toBe(5);
  });

  it.each([20, -1])('that breaks within an answer, at %d, fails that answer, and is not asked again', async (end) => {
    await using server = await serve((socket, request) =>
      request === 0 ? socket.write(OK) : socket.write(OK.slice(0, end), () => socket.end()),
    );
    expect(await read(server)).toBe('ok');
    await expect(read(server)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(server.requests()).toBe(2);
  });

  it('that is silent is given up', async () => {
    await using server = await serve((socket, request) => request === 0 && socket.write(OK));
    expect(await read(server, { silence: 50 })).toBe('ok');
    await expect(server.ask({ silence: 50 })).rejects.toMatchObject({ code: 'REGISTRY_TIMEOUT' });
    expect(server.requests()).toBe(2);
  });

  it('ends with the signal, which nothing listens to afterwards', async () => {
    await using server = await serve((socket, request) => request === 0 && socket.write(OK));
    const stop = new AbortController();
    expect(await read(server, { signal: stop.signal })).toBe('ok');
    const asked = server.ask({ signal: stop.signal });
    const connected = once(server.sockets[0] ?? expect.unreachable(), 'data');
    await connected;
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await expect(server.ask({ signal: stop.signal })).rejects.toThrow('enough');
    expect(server.requests()).toBe(2);
  });

  it('is closed with its owner, and what is being asked fails', async () => {
    await using server = await serve((socket, request) => {
      if (request === 0) socket.write(OK);
      else server.kept[Symbol.dispose]();
    });
    expect(await read(server)).toBe('ok');
    await expect(server.ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await server.ask()).toBeUndefined();
    expect(server.requests()).toBe(2);
  });
});

it('an origin that answers strangely is asked in the usual way from then on', async () => {
  await using server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'));
  expect(await server.ask()).toBeUndefined();
  expect(await server.ask()).toBeUndefined();
  expect(server.requests()).toBe(1);
});

it('a request that would have lines of its own is not written', async () => {
  await using server = await serve((socket) => socket.write(OK));
  await expect(server.ask({ headers: { range: 'a\r\nx: y' } })).rejects.toThrow(/Invalid character/);
  expect(await read(server)).toBe('ok');
});

it('nothing that is kept holds up the end of a program', async () => {
  await using server = await serve((socket) => socket.write(OK));
  const module = join(import.meta.dirname, '../../../src/client/registry/kept-connections.ts');
  const request = { method: 'GET', headers: {}, host: '127.0.0.1', port: Number(server.url.port), silence: 60_000 };
  const program = `
    import { KeptConnections } from ${JSON.stringify(module)};
    const request = { ...${JSON.stringify(request)}, url: new URL(${JSON.stringify(server.url.href)}) };
    const answer = await new KeptConnections(32).ask(request, new AbortController().signal);
    console.log((await answer.toArray()).join());
  `;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 30_000 });
  expect((await run).stdout).toBe('ok\n');
});
