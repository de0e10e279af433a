/** Lets the owner of a data folder ask the registry that serves from it to collect garbage, or to keep it. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type Server, type Socket, createServer } from 'node:net';
import { parseRequest, toLine } from './messages.ts';
import { readLine } from './read-line.ts';
import type { GcSchedule } from './schedule.ts';
import { locateSocket } from './socket-place.ts';

/** Nobody may connect but the owner. */
const NO_ONE_ELSE = 0o177;

/**
 * Listens on a socket in the data folder, in place of one that a dead process has left. To be called by whoever holds
 * the folder's lock. Disposing ends what is under way without an answer, and removes the socket.
 * @param garbage rejects when the registry cannot
 * @throws the system's error where the file system knows no sockets
 */
export async function listenForGcRequests(
  dataDir: string,
  garbage: Pick<GcSchedule, 'collect' | 'hold'>,
): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const { path } = opened.use(await locateSocket(dataDir));
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  // Whoever has sent the request waits with an open connection.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void answer(socket, garbage);
  });
  await listenPrivately(server, path);
  opened.defer(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const keep = opened.move();
  return { [Symbol.asyncDispose]: () => keep.disposeAsync() };
}

/** The socket is made, with the permissions of that moment, before `listen` returns. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const listening = once(server, 'listening');
  const before = process.umask(NO_ONE_ELSE);
  server.listen(path);
  process.umask(before);
  await listening;
}

async function answer(socket: Socket, garbage: Pick<GcSchedule, 'collect' | 'hold'>): Promise<void> {
  try {
    const request = parseRequest(await readLine(socket));
    if (request === undefined) socket.end(toLine({ failure: 'That is no request of this version.' }));
    else if ('hold' in request) await hold(socket, garbage);
    else socket.end(toLine({ report: await garbage.collect(request) }));
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    if (socket.writable) socket.end(toLine({ failure }));
  }
}

/** Until whoever asked is gone, in whatever way. */
async function hold(socket: Socket, garbage: Pick<GcSchedule, 'hold'>): Promise<void> {
  const gone = Promise.race([once(socket, 'end'), once(socket, 'close')]);
  gone.catch(() => undefined);
  using _hold = await garbage.hold();
  socket.write(toLine({ held: true }));
  socket.resume();
  await gone;
  socket.destroy();
}
