/** What becomes of a body that nobody read, because the request was answered without it. */
import type { IncomingMessage } from 'node:http';
import { UNREAD_BODY_GRACE_MS } from './limits.ts';

/**
 * Lets a client that still sends finish, see the reply and use the connection again; one that goes on for too long
 * loses the connection. Closing at once would make the client's system discard the reply. (Node itself reads on and
 * drops what comes once the reply is sent.)
 */
export function limitUnreadBody(message: IncomingMessage): void {
  if (message.complete || message.destroyed) return;
  const timer = setTimeout(() => message.socket.destroy(), UNREAD_BODY_GRACE_MS).unref();
  message.once('close', () => clearTimeout(timer));
}
