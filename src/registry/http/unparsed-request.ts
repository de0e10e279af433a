/** The answer to bytes that are no HTTP request, or not in time: a refusal like every other. */
import type { Duplex } from 'node:stream';
import { type Reason, RegistryError } from '../core/registry-error.ts';
import { errorReply } from './error-reply.ts';
import { STATUS_CODES } from './node-http.ts';
import { type Reply, headFieldsOf } from './reply.ts';

/** Node's codes for what is more particular than malformed. */
const REASONS: ReadonlyMap<string, readonly [Reason, message: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', ['headers-too-large', 'The head of the request is too large.']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['request-timeout', 'The head of the request did not arrive in time.']],
]);

/** Refuses and closes the connection. */
export function refuseUnparsed(error: Error, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const [reason, message] = REASONS.get(code) ?? ['request-invalid', 'That is not a well-formed HTTP/1.1 request.'];
  socket.end(toBytes(errorReply(new RegistryError(reason, message), { connection: 'close' })), () => socket.destroy());
}

function toBytes(reply: Reply): string {
  const body = typeof reply.body === 'string' ? reply.body : '';
  const fields = headFieldsOf(reply, Buffer.byteLength(body));
  const lines = fields.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${fields[index + 1]}`] : []));
  return `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
