/** Tables. */
import { expect, it } from 'vitest';
import { formatTable } from '../../../src/cli/output/table.ts';

const COLUMNS = [
  { heading: 'NAME', cell: ({ name }: { name: string }) => name },
  { heading: 'X', cell: () => '1' },
];

it('is as wide as its widest words, without blanks at the end of lines', () => {
  expect(formatTable(COLUMNS, [{ name: 'a' }, { name: 'longer' }])).toBe('NAME     X\na        1\nlonger   1\n');
});

it('is nothing when there is nothing', () => {
  expect(formatTable(COLUMNS, [])).toBe('');
});

it('shows names that would take over the terminal as they are written', () => {
  expect(formatTable(COLUMNS, [{ name: '\u001b[2Ja\nb\u009b\u202e' }])).toBe(
    `NAME                         X\n\\u{1b}[2Ja b\\u{9b}\\u{202e}   1\n`,
  );
});
