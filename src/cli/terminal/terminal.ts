/** How the program talks: answers on standard output, everything else on standard error. */
import type { Progress } from '../../workflows/progress.ts';
import type { Input, Output } from '../surroundings.ts';
import type { Colours } from './colours.ts';
import { createJsonProgress } from './json-progress.ts';
import { printable } from './printable.ts';
import { createStepView } from './step.ts';

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
  /** Undefined: progress is for people; else the clock that progress for programs is stamped by. */
  readonly jsonClock?: (() => Date) | undefined;
}

/** Makes a terminal. */
export function createTerminal({ stdout, stderr, colours, level, isAnimated, jsonClock }: TerminalParts): Terminal {
  const shows = (wanted: LogLevel) => LOG_LEVELS.indexOf(wanted) <= LOG_LEVELS.indexOf(level);
  const say = (wanted: LogLevel, text: string) => {
    if (shows(wanted)) stderr.write(`${text}\n`);
  };
  const terminal = {
    colours,
    shows,
    answer: (text: string) => void stdout.write(text),
    debug: (text: string) => say('debug', colours.dim(printable(text))),
    fail: (text: string) => say('error', text),
  };
  if (jsonClock !== undefined) return { ...terminal, ...createJsonProgress(stderr, jsonClock) };
  const steps = createStepView({ stderr, colours, isAnimated });
  return {
    ...terminal,
    note: (text) => say('info', printable(text)),
    warn: (text) => say('warn', `${colours.yellow('warning:')} ${printable(text)}`),
    step: (title, work) => (shows('info') ? steps.show(printable(title), work) : work()),
    detail(text) {
      terminal.debug(text);
      steps.detail(printable(text));
    },
  };
}
