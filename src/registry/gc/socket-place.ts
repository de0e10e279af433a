/** Where the socket of a data folder is, also where its path is longer than a socket's may be. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** The socket's name in the data folder. */
export const SOCKET = 'gc.sock';

/** The system's limit is 108 bytes on Linux and 104 elsewhere, the end included. */
const PATH_MAX_BYTES = 103;

/** A path that may be used until it is disposed of. */
export interface SocketPlace extends AsyncDisposable {
  readonly path: string;
}

/** On Linux a long path is reached by way of a descriptor of its folder; elsewhere it is left as it is, and fails. */
export async function locateSocket(dataDir: string): Promise<SocketPlace> {
  const path = join(dataDir, SOCKET);
  if (Buffer.byteLength(path) <= PATH_MAX_BYTES || process.platform !== 'linux')
    return { path, [Symbol.asyncDispose]: async () => undefined };
  const folder = await open(dataDir);
  return { path: `/proc/self/fd/${folder.fd}/${SOCKET}`, [Symbol.asyncDispose]: () => folder.close() };
}
