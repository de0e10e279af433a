/** Has the registry that serves from a data folder remove nothing for a while. */
import { GcRefusedError, connectToServer } from './ask-server.ts';
import { parseAnswer, toLine } from './messages.ts';
import { readLine } from './read-line.ts';

/**
 * Waits for a collection under way, and keeps later ones waiting until disposed of, or until this process ends.
 * @returns undefined when no registry listens
 * @throws GcRefusedError; the system's error when the socket is another user's
 */
export async function holdServer(dataDir: string): Promise<Disposable | undefined> {
  const socket = await connectToServer(dataDir);
  if (socket === undefined) return undefined;
  // When the registry ends, nobody is left to be held back.
  socket.on('error', () => socket.destroy());
  socket.write(toLine({ hold: true }));
  const answer = parseAnswer(await readLine(socket).catch(() => ''));
  if (answer === undefined || !('held' in answer)) {
    socket.destroy();
    throw new GcRefusedError(
      answer !== undefined && 'failure' in answer ? answer.failure : 'The registry ended before it was done.',
    );
  }
  return { [Symbol.dispose]: () => socket.destroy() };
}
