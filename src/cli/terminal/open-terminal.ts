/** Makes the terminal before the command line is read, since reading it may already have something to say. */
import { createOptionReader } from '../../config/option-reader.ts';
import { parseChoice } from '../../config/values.ts';
import type { Output, Surroundings } from '../surroundings.ts';
import { type ColourChoice, loadColours, wantsColour } from './colours.ts';
import { LOG_LEVELS, type Terminal, createTerminal } from './terminal.ts';

const COLOUR_CHOICES: readonly ColourChoice[] = ['auto', 'always', 'never'];

/** A step and what turns beside it fit in this many columns. */
const NARROWEST = 40;

/** A terminal, and what was wrong with the options that are about it. */
export interface OpenedTerminal {
  readonly terminal: Terminal;
  /** @throws DevregError CONFIG_INVALID */
  readonly refuseProblems: () => void;
}

/** Opens the terminal that the surroundings ask for. */
export async function openTerminal(
  surroundings: Pick<Surroundings, 'argv' | 'env' | 'stdin' | 'stdout' | 'stderr' | 'now'>,
): Promise<OpenedTerminal> {
  const { argv, env, stdin, stdout, stderr } = surroundings;
  const flags = {
    logLevel: peekOption(argv, '--log-level', '-l'),
    color: peekOption(argv, '--color'),
    progress: peekOption(argv, '--progress'),
  };
  const options = createOptionReader(flags, env);
  // Who asks for JSON reads standard error by program too, and finds nothing but warnings and the error.
  const usual = peekOption(argv, '--output', '-o') === 'json' ? 'warn' : 'info';
  const level = options.read('logLevel', 'error, warn, info or debug', parseChoice(LOG_LEVELS)) ?? usual;
  const choice = options.read('color', 'auto, always or never', parseChoice(COLOUR_CHOICES)) ?? 'auto';
  const progress = options.read('progress', 'text or json', parseChoice(['text', 'json'])) ?? 'text';
  const jsonClock = progress === 'json' ? surroundings.now : undefined;
  const colours = await loadColours(wantsColour(choice, stderr, env));
  const isAnimated = mayAnimate(stderr, env) && !argv.includes('--ci') && level !== 'debug';
  return {
    terminal: createTerminal({ stdin, stdout, stderr, colours, level, isAnimated, jsonClock }),
    refuseProblems: () => options.finish(),
  };
}

/** Terminals of programs have no width at times; whatever overwrites lines there never finds their beginning. */
function mayAnimate(stream: Output, env: Surroundings['env']): boolean {
  return stream.isTTY === true && (stream.columns ?? 0) >= NARROWEST && env['TERM'] !== 'dumb' && !env['CI'];
}

/**
 * Finds the value of an option without knowing the others; the real reading comes later and refuses what is wrong.
 * @returns the last one given, or undefined
 */
export function peekOption(argv: readonly string[], long: string, short?: string): string | undefined {
  let found: string | undefined;
  for (const [index, argument] of argv.entries()) {
    if (argument === '--') break;
    if (argument === long || argument === short) found = argv[index + 1];
    else if (argument.startsWith(`${long}=`)) found = argument.slice(long.length + 1);
    else if (short !== undefined && argument.startsWith(short) && !argument.startsWith('--'))
      found = argument.slice(short.length).replace(/^=/, '');
  }
  return found;
}
