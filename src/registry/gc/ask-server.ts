/** Asks the registry that serves from a data folder to collect garbage. */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseAnswer, toLine } from './messages.ts';
import type { GcReport, GcRequest } from './report.ts';
import { locateSocket } from './socket-place.ts';

/** The registry was asked and did not do it. */
export class GcRefusedError extends Error {
  override readonly name = 'GcRefusedError';
  readonly code = 'GC_REFUSED';
}

/** What the system says where nobody listens. */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR']);

/**
 * Asks, and waits for as long as it takes.
 * @returns undefined when no registry listens
 * @throws GcRefusedError; the system's error when the socket is another user's
 */
export async function askServer(dataDir: string, request: GcRequest): Promise<GcReport | undefined> {
  const socket = await connectToServer(dataDir);
  if (socket === undefined) return undefined;
  socket.write(toLine(request));
  const line = await text(socket).catch(() => '');
  const answer = parseAnswer(line);
  if (answer !== undefined && 'failure' in answer) throw new GcRefusedError(answer.failure);
  if (answer === undefined || 'held' in answer) throw new GcRefusedError('The registry ended before it was done.');
  return answer.report;
}

/** @returns undefined when no registry listens */
export async function connectToServer(dataDir: string): Promise<Socket | undefined> {
  await using place = await locateSocket(dataDir);
  const socket = connect(place.path);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    socket.destroy();
    if (error instanceof Error && 'code' in error && NOBODY.has(String(error.code))) return undefined;
    throw error;
  }
}
