/** The page of errors names every code that a user can meet, and no other. */
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { codesIn, readSource } from './error-codes.ts';
import { readPage, rowsBelow } from './pages.ts';

const page = await readPage('docs/reference/errors.md');
const source = await readSource();

function sorted(lines: Iterable<string>): string[] {
  return [...new Set(lines)].toSorted();
}

describe('errors of the tool', () => {
  const rows = rowsBelow(page, '## Errors of the tool');

  it('are those that the source throws, with their exit codes', () => {
    const thrown = [...source].flatMap(([file, text]) => codesIn(file, text));
    // What is no DevregError is told under this code, and exits as any failure does.
    thrown.push({ code: 'UNEXPECTED', exitCode: EXIT_CODES.failure });
    expect(thrown.length).toBeGreaterThan(40);
    const known = new Set(thrown.map(({ code, exitCode }) => `${code} ${exitCode}`));
    const documented = new Set(rows.map(([code, exitCode]) => `${code} ${exitCode}`));
    expect.soft(sorted(known.difference(documented)), 'thrown, but not on the page').toEqual([]);
    expect.soft(sorted(documented.difference(known)), 'on the page, but not thrown').toEqual([]);
  });

  it('stand there once, with what they mean and what to do', () => {
    // A script that reads the code knows how the program ends.
    expect(rows.map(([code = '']) => code).toSorted()).toEqual(sorted(rows.map(([code = '']) => code)));
    for (const [code, , meaning, remedy] of rows) {
      expect.soft(meaning, code).toMatch(/\.$/);
      expect.soft(remedy, code).toMatch(/\.$/);
    }
  });
});

it('has every exit code', () => {
  const codes = rowsBelow(page, '## Exit codes').map(([code]) => Number(code));
  expect(codes.toSorted((one, other) => one - other)).toEqual([0, ...Object.values(EXIT_CODES)]);
});

it('has every error of the registry, with its statuses', () => {
  const text = source.get('registry/http/error-reply.ts') ?? '';
  const answered = [...text.matchAll(/\[(\d{3}), '([A-Z_]+)'\]/g)].map(([, status, code]) => `${status} ${code}`);
  expect(answered.length).toBeGreaterThan(30);
  const [, status, code] = /jsonReply\((\d{3}), \{ errors: \[\{ code: '([A-Z_]+)'/.exec(text) ?? [];
  const documented = rowsBelow(page, '## Errors of the registry').map(([name, number]) => `${number} ${name}`);
  expect(sorted(documented)).toEqual(sorted([...answered, `${status} ${code}`]));
});

it('has every warning and error of the log', () => {
  const events = [...source].flatMap(([, text]) => [
    ...[...text.matchAll(/\blog\.(warn|error)\('([a-z.]+)'/g)].map(([, level, event]) => `${event} ${level}`),
    // How a container says that it ends.
    ...[...text.matchAll(/\bfail\([^()]*'([a-z.]+)'\)/g)].map(([, event]) => `${event} error`),
  ]);
  expect(sorted(rowsBelow(page, '## Log of the registry').map(([event, level]) => `${event} ${level}`))).toEqual(
    sorted([...new Set(events)]),
  );
});

describe('reading codes from source', () => {
  it.each([
    ["throw new DevregError('usage', 'NAME_BAD', 'x')", ['NAME_BAD 2']],
    ["throw new DevregError(\n  'conflict',\n  'PORT_BUSY',\n  text)", ['PORT_BUSY 5']],
    ["class A extends DevregError { constructor() { super('timeout', 'TOO_SLOW', 'x'); } }", ['TOO_SLOW 7']],
    ["const [code] = ['CA_DUE', 'EACCES']; new DevregError('failure', code, 'x')", ['CA_DUE 1']],
    ["new DevregError('failure', isDue ? 'CA_DUE' : 'CA_OVER', 'x')", ['CA_DUE 1', 'CA_OVER 1']],
    ['new DevregError(kind, code, message)', []],
  ])('%s', (text, expected) => {
    expect(codesIn('a.ts', text).map(({ code, exitCode }) => `${code} ${exitCode}`)).toEqual(expected);
  });

  it('refuses what it cannot read', () => {
    expect(() => codesIn('a.ts', "new DevregError(is ? 'usage' : 'failure', 'A_B', 'x')")).toThrow('a.ts');
    expect(() => codesIn('a.ts', "new DevregError('oops', 'A_B', 'x')")).toThrow('oops');
  });
});
