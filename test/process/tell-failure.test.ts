import { expect, it } from 'vitest';
import { CommandFailedError, type CommandFailure } from '../../src/process/command-failed-error.ts';
import { tellFailure } from '../../src/process/tell-failure.ts';

const EXITED: CommandFailure = { kind: 'exited', exitCode: 125 };

it.each<[CommandFailure, string, string]>([
  [EXITED, 'Warning: x\nError: no such thing\n', 'no such thing.'],
  [EXITED, 'Error response from daemon: is it there?\r\n\r\n', 'is it there?'],
  [EXITED, "Error: bad flag\n\nRun 'docker --help' for more information\n", 'bad flag.'],
  [EXITED, '', 'its program ended with 125 and said nothing.'],
  [{ kind: 'killed', signal: 'SIGKILL' }, '\n', 'its program was ended by SIGKILL.'],
  [{ kind: 'timeout' }, 'still trying', 'it did not answer in time.'],
  [{ kind: 'absent' }, '', 'its program is not there.'],
])('tells %j with %j', (failure, stderr, sentence) => {
  expect(tellFailure(new CommandFailedError('tool', failure, { stdout: '', stderr }))).toBe(sentence);
});
