/** What is said when the program fails. */
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/cli/exit-codes.ts';
import { formatError, mainError } from '../../../src/cli/output/error-text.ts';
import { NO_COLOURS, loadColours } from '../../../src/cli/terminal/colours.ts';
import { DevregError } from '../../../src/errors.ts';

const STYLE = { colours: NO_COLOURS, asJson: false, withStack: false, version: 'devreg 1.2.3' };
const cause = new Error('deep down');
const error = new DevregError('conflict', 'PORT_IN_USE', 'Port 1 is in use.', {
  hint: 'Choose another.\nOr wait.',
  cause,
});

describe("a user's error", () => {
  it('is a sentence, what to do, and a code', () => {
    expect(formatError(error, STYLE)).toBe(
      'error: Port 1 is in use.\n  Choose another.\n  Or wait.\n  code: PORT_IN_USE',
    );
  });

  it('shows where it came from only when asked', () => {
    expect(formatError(error, { ...STYLE, withStack: true })).toMatch(
      /code: PORT_IN_USE\n {2}DevregError: Port 1(?:.|\n)*Caused by: Error: deep down/,
    );
  });

  it('is one line of JSON for programs', () => {
    const text = formatError(error, { ...STYLE, asJson: true });
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({
      error: { code: 'PORT_IN_USE', message: 'Port 1 is in use.', hint: 'Choose another.\nOr wait.', exitCode: 5 },
    });
  });

  it('shows what strangers wrote as it is written', () => {
    const hostile = new DevregError('failure', 'ODD', 'There is no \u001b]0;x\u0007.', { hint: 'It has\n\u001b[2J.' });
    expect(formatError(hostile, STYLE)).toBe(
      'error: There is no \\u{1b}]0;x\\u{7}.\n  It has\n  \\u{1b}[2J.\n  code: ODD',
    );
  });

  it('is red where there is colour', async () => {
    expect(formatError(error, { ...STYLE, colours: await loadColours(true) })).toContain('\u001b[31merror:\u001b[39m');
  });
});

describe('a fault', () => {
  it('shows its stack and what to report', () => {
    const text = formatError(new TypeError('x is not a function'), STYLE);
    expect(text).toMatch(
      /^error: devreg failed in a way it never should: x is not a function\n {2}TypeError: x is not a function\n {2,}at /,
    );
    expect(text).toMatch(/Please report this .*: devreg 1\.2\.3\.\n {2}code: UNEXPECTED$/);
  });

  it('is JSON for programs too', () => {
    expect(JSON.parse(formatError(cause, { ...STYLE, asJson: true }))).toMatchObject({
      error: { code: 'UNEXPECTED', exitCode: 1 },
    });
  });
});

it('says first what failed, then that undoing failed as well', () => {
  const both = new SuppressedError(new Error('the disk is gone'), error);
  expect(formatError(both, STYLE)).toMatch(
    /^error: Port 1 is in use\.(?:.|\n)*\nUndoing what was done failed as well: Error: the disk is gone$/,
  );
  expect(exitCodeOf(mainError(both))).toBe(5);
});

it.each([
  ['failure', 1],
  ['usage', 2],
  ['not-found', 3],
  ['credentials', 4],
  ['conflict', 5],
  ['prerequisite', 6],
  ['timeout', 7],
  ['problems-found', 8],
  ['interrupted', 130],
] as const)('%s has exit code %i', (kind, code) => {
  expect(exitCodeOf(new DevregError(kind, 'CODE', 'Sentence.'))).toBe(code);
});
