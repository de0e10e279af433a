/** What every command is given. */
import type { Surroundings } from './surroundings.ts';
import type { Terminal } from './terminal/terminal.ts';

/** One run of the program. */
export interface Context {
  readonly surroundings: Surroundings;
  readonly terminal: Terminal;
}
