/** Tables as kubectl prints them: upper-case headings, columns as wide as their widest word, three blanks between. Pure. */
import { printable } from '../terminal/printable.ts';

const GAP = '   ';

/** A column: its heading and what it shows of a row. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
}

/** @returns lines, ended by newlines; nothing at all when there are no rows */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = [
    columns.map(({ heading }) => heading),
    ...rows.map((row) => columns.map(({ cell }) => oneLine(cell(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join('');
}

/** A cell is one line, whoever named what stands in it. */
function oneLine(text: string): string {
  return printable(text.replaceAll(/[\n\t]/g, ' '));
}
