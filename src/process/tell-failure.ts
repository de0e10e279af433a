/** Says in one sentence why a program failed. */
import type { CommandFailedError } from './command-failed-error.ts';

/** Advice on a program's usage, which follows its error. */
const USAGE = /^(?:see|run) '/i;

const PREFIX = /^error(?: response from daemon)?: /i;

/** What a program said last, else how it ended; a sentence, to be put after a colon. */
export function tellFailure({ failure, stderr }: CommandFailedError): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const said = lines.findLast((line) => line !== '' && !USAGE.test(line))?.replace(PREFIX, '');
  if (failure.kind !== 'timeout' && said !== undefined) return /[.?!]$/.test(said) ? said : `${said}.`;
  switch (failure.kind) {
    case 'absent':
      return 'its program is not there.';
    case 'exited':
      return `its program ended with ${failure.exitCode} and said nothing.`;
    case 'killed':
      return `its program was ended by ${failure.signal}.`;
    case 'timeout':
      return 'it did not answer in time.';
    case 'too-much-output':
      return 'its program wrote without end.';
  }
}
