/** Ports that nobody listens on. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that is held until it is disposed. */
export interface HeldPort extends AsyncDisposable {
  readonly port: number;
}

/** Listens on some port of loopback. */
export async function holdPort(): Promise<HeldPort> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Finds a port. */
export async function findFreePort(): Promise<number> {
  await using held = await holdPort();
  return held.port;
}
