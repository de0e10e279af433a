/** Asks the user a question that a yes answers. */
import type { Input, Output } from '../surroundings.ts';

/**
 * Asks on standard error and reads one line. Anything but `y` or `yes` is a no, and so is the end of the input.
 * @throws the signal's reason when it aborts
 */
export async function confirm(question: string, stdin: Input, stderr: Output, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  using lines = createInterface({ input: stdin, output: stderr, terminal: false });
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  lines.once('close', () => resolve(''));
  const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
  return ['y', 'yes'].includes(answer.trim().toLowerCase());
}
