/** Reads the one line that each side says, and leaves the connection open. */
import type { Socket } from 'node:net';

/** A request or an answer is at most some hundred bytes. */
const LINE_MAX = 1_024;

/** @returns the first line, or what came before the end or of a line that is too long */
export async function readLine(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    text += String(piece);
    if (text.includes('\n') || text.length > LINE_MAX) break;
  }
  return text;
}
