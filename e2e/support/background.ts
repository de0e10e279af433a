/** Programs that stay beside a test and end with its machine. */
import type { Machine } from './machine.ts';
import { failure } from './program.ts';

/** Starts a program that stays until the machine ends, and waits for a line of it. @throws ProgramFailed when it ends before */
export async function startUntilSaid(machine: Machine, line: string, ready: RegExp): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const running = machine.start(line, {}, (text) => ready.test(text) && resolve());
  void running.finished.then((finished) => reject(failure(line, finished)));
  machine.guests.defer(async () => {
    running.kill('SIGTERM');
    await running.finished;
  });
  await promise;
}
