/** Finds out whether a port speaks TLS, for a round trip and without reading what is trusted. */
import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';

/** A port that says nothing for longer is asked properly. */
const PATIENCE_MS = 2_000;

/** The types of records that a server begins with: an alert, a handshake. @see RFC 8446, section 5.1 */
const TLS_RECORDS: readonly (number | undefined)[] = [0x15, 0x16];

/**
 * Says hello as TLS does, and looks at the first byte that comes back.
 * @param host an address, or a name that is looked up
 * @returns whether what came is no TLS, nothing, or an end; false also when nothing can be told
 */
export function answersWithoutTls(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection({ host, port, signal, timeout: PATIENCE_MS }, () => socket.write(clientHello()));
  socket.once('data', (bytes) => resolve(!TLS_RECORDS.includes(bytes[0])));
  socket.once('error', () => resolve(false));
  socket.once('timeout', () => resolve(false));
  socket.once('close', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

/**
 * A hello of TLS 1.2 that every server understands well enough to answer it. It holds a line feed, in the number of
 * the extension `supported_groups`: servers of HTTP that read line by line answer too.
 * @see RFC 5246, section 7.4.1.2
 */
function clientHello(): Buffer {
  const ciphers = bytesOf(0xc02b, 0xc02f, 0xc02c, 0xc030, 0x009c, 0x002f);
  const groups = bytesOf(0x001d, 0x0017, 0x0018);
  const signatures = bytesOf(0x0403, 0x0804, 0x0401, 0x0503, 0x0501);
  const extensions = Buffer.concat([
    bytesOf(0x000a, groups.length + 2, groups.length),
    groups,
    bytesOf(0x000d, signatures.length + 2, signatures.length),
    signatures,
  ]);
  const body = Buffer.concat([
    bytesOf(0x0303),
    randomBytes(32),
    // No session to go on with.
    Buffer.of(0),
    bytesOf(ciphers.length),
    ciphers,
    // One way to compress: none.
    Buffer.of(1, 0),
    bytesOf(extensions.length),
    extensions,
  ]);
  return Buffer.concat([Buffer.of(0x16, 3, 1), bytesOf(body.length + 4), Buffer.of(1, 0), bytesOf(body.length), body]);
}

function bytesOf(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 2);
  for (const [index, word] of words.entries()) bytes.writeUInt16BE(word, index * 2);
  return bytes;
}
