/** Gives a program what it reads, no faster than it reads. */
import { Readable, type Writable } from 'node:stream';

/**
 * Writes an input into a program and closes it. A program that stops reading is none of our business: how it ends
 * tells whether that was right. The input is destroyed then.
 * @throws what the input fails with; the program must not take what it got for the whole
 */
export async function feedInput(input: string | Uint8Array | Readable, stdin: Writable): Promise<void> {
  const source = input instanceof Readable ? input : Readable.from([input], { objectMode: true });
  const isOver = () => stdin.destroyed || stdin.closed;
  stdin.on('error', () => stdin.destroy());
  const { promise: closed, resolve: onClose } = Promise.withResolvers<void>();
  stdin.once('close', () => {
    source.destroy();
    onClose();
  });
  try {
    for await (const chunk of source) {
      if (isOver()) return;
      if (!stdin.write(chunk)) await Promise.race([drained(stdin), closed]);
    }
    stdin.end();
  } catch (error) {
    if (!isOver()) throw error;
  }
}

function drained(stdin: Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stdin.once('drain', resolve);
  return promise;
}
