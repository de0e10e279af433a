/** Sockets that receive into memory of their owner's choice. */
import { Socket, type SocketConstructorOpts } from 'node:net';

/** What a socket stands for in the system. Every release of Node has it there, and no documentation. */
interface Handled {
  _handle?: object | null;
}

/** Where a socket puts what it receives, and who is told. */
export interface Receiver {
  /** Where the next bytes go. */
  readonly target: () => Buffer;
  /** @returns whether to go on */
  readonly receive: (bytes: Buffer) => boolean;
}

/**
 * Makes a socket anew that receives as it is told. Accepted sockets put every piece into memory of its own, which costs
 * a large body a third of its time; only sockets one makes oneself can be told otherwise.
 * @param accepted from a server's `connection` event; not to be used any more
 * @param memory where the first bytes go
 * @param open begins with the new socket
 * @returns undefined when that cannot be done
 * @see https://nodejs.org/api/net.html#new-netsocketoptions `onread`
 */
export function adoptSocket(
  accepted: Socket & Handled,
  memory: Buffer,
  open: (socket: Socket) => Receiver,
): Socket | undefined {
  const handle = accepted._handle;
  if (handle === undefined || handle === null) return undefined;
  // Its server counts connections by these.
  accepted._handle = null;
  accepted.destroy();
  let receiver: Receiver | undefined;
  const onread = {
    buffer: () => receiver?.target() ?? memory,
    callback: (length: number, buffer: Uint8Array) =>
      receiver?.receive(Buffer.from(buffer.buffer, buffer.byteOffset, length)) ?? false,
  };
  const options: SocketConstructorOpts = { allowHalfOpen: true, onread };
  const socket = new Socket(Object.assign(options, { handle }));
  receiver = open(socket);
  return socket;
}
