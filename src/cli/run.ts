/** Runs the program once, in whatever surroundings, to its exit code. */
import { type Command, CommanderError } from 'commander';
import { DevregError, isDevregError } from '../errors.ts';
import { COMPLETE } from './completion/scripts.ts';
import type { Context } from './context.ts';
import { EXIT_CODES, exitCodeOf } from './exit-codes.ts';
import { formatError, mainError } from './output/error-text.ts';
import { createProgram } from './program.ts';
import type { Surroundings } from './surroundings.ts';
import { openTerminal, peekOption } from './terminal/open-terminal.ts';
import { VERSION } from './version.ts';

/** Runs the command line in the surroundings; whatever goes wrong is said and becomes an exit code. */
export async function run(surroundings: Surroundings): Promise<number> {
  const { terminal, refuseProblems } = await openTerminal(surroundings);
  const context = { surroundings, terminal };
  const [first, ...typed] = surroundings.argv;
  const program = createProgram(context, first);
  if (first === COMPLETE) {
    const { answerShell } = await import('./completion/complete.ts');
    terminal.answer(await answerShell(program, typed, surroundings));
    return 0;
  }
  try {
    refuseProblems();
    await program.parseAsync([...surroundings.argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(error, context);
    if (error.exitCode === 0) return 0;
    // Help has been shown, because a command of a group is missing.
    if (error.code === 'commander.help') return EXIT_CODES.usage;
    return fail(usageError(error, commandWords(surroundings.argv, program)), context);
  }
}

function fail(error: unknown, { surroundings, terminal }: Context): number {
  const failure = toFailure(error, surroundings.signal);
  const { machine } = surroundings;
  terminal.fail(
    formatError(failure, {
      colours: terminal.colours,
      asJson: peekOption(surroundings.argv, '--output', '-o') === 'json',
      withStack: terminal.shows('debug'),
      version: `devreg ${VERSION}, Node ${machine.nodeVersion}, ${machine.platform} ${machine.arch}`,
    }),
  );
  return exitCodeOf(mainError(failure));
}

/** What stops when it is told to throws errors of many sorts; the reason for stopping is what counts. */
function toFailure(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof SuppressedError) {
    return new SuppressedError(error.error, toFailure(error.suppressed, signal), error.message);
  }
  return signal.aborted && !isDevregError(error) ? signal.reason : error;
}

/** Commander's own words, in our form: `error: unknown option '--nam'`, perhaps with a suggestion on a second line. */
function usageError({ message }: CommanderError, words: string): DevregError {
  const [sentence = '', suggestion = ''] = message.replace(/^error: /, '').split('\n');
  const question = suggestion.replace(/^\((.*)\)$/, '$1');
  const help = `See devreg ${words}--help.`;
  return new DevregError(
    'usage',
    'USAGE',
    `${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/\.$/, '')}.`,
    {
      hint: question === '' ? help : `${question} ${help}`,
    },
  );
}

/** As much of the command line as names a command. */
function commandWords(argv: readonly string[], program: Command): string {
  let command = program;
  let words = '';
  for (const word of argv) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next === undefined) break;
    command = next;
    words += `${word} `;
  }
  return words;
}
