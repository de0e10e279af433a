/** How the program talks: answers on standard output, everything else on standard error. */
import type { Progress } from '../../workflows/progress.ts';
import type { Input, Output } from '../surroundings.ts';
import type { Colours } from './colours.ts';
import { showStep } from './step.ts';

/** How much is said; each level includes those before it. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Talks with the user. */
export interface Terminal extends Progress {
  /** Writes an answer to standard output, as it is. */
  answer(text: string): void;
  /** Says something that only somebody who looks for a mistake wants to know. */
  debug(text: string): void;
  /** Says why the program fails; at every level. */
  fail(text: string): void;
  /** Whether something said at a level is shown. */
  shows(level: LogLevel): boolean;
  /** Colours for standard error. */
  readonly colours: Colours;
}

/** What a terminal is made of. */
export interface TerminalParts {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly colours: Colours;
  readonly level: LogLevel;
  /** Whether lines may be overwritten, to show that something goes on. */
  readonly isAnimated: boolean;
}

/** Makes a terminal. */
export function createTerminal({ stdout, stderr, colours, level, isAnimated }: TerminalParts): Terminal {
  const shows = (wanted: LogLevel) => LOG_LEVELS.indexOf(wanted) <= LOG_LEVELS.indexOf(level);
  const say = (wanted: LogLevel, text: string) => {
    if (shows(wanted)) stderr.write(`${text}\n`);
  };
  return {
    colours,
    shows,
    answer: (text) => void stdout.write(text),
    note: (text) => say('info', text),
    warn: (text) => say('warn', `${colours.yellow('warning:')} ${text}`),
    debug: (text) => say('debug', colours.dim(text)),
    fail: (text) => say('error', text),
    step: (title, work) => (shows('info') ? showStep(title, work, { stderr, colours, isAnimated }) : work()),
  };
}
