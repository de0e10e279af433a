/** Lists as every reading command answers with them. */
import type { Terminal } from '../terminal/terminal.ts';
import type { OutputFormat } from './format.ts';
import { fillJsonPath } from './json-path.ts';
import { type Column, formatTable } from './table.ts';

/** How the things of a list are shown. */
export interface ListView<Row> {
  readonly columns: readonly Column<Row>[];
  /** Columns that `wide` adds. */
  readonly wideColumns: readonly Column<Row>[];
  /** `kind/name`, as kubectl has it. */
  readonly nameOf: (row: Row) => string;
}

/**
 * Writes a list down. JSON and YAML are always arrays.
 * @throws DevregError JSONPATH_NOT_FOUND
 */
export async function formatList<Row>(
  rows: readonly Row[],
  format: OutputFormat,
  view: ListView<Row>,
): Promise<string> {
  switch (format.kind) {
    case 'json':
      return `${JSON.stringify(rows, undefined, 2)}\n`;
    case 'yaml':
      return (await import('yaml')).stringify(rows);
    case 'jsonpath':
      return fillJsonPath(format.template, rows);
    case 'name':
      return rows.map((row) => `${view.nameOf(row)}\n`).join('');
    case 'wide':
      return formatTable([...view.columns, ...view.wideColumns], rows);
    default:
      return formatTable(view.columns, rows);
  }
}

/**
 * Answers with a list. Of an empty one people see nothing, so they are told, on standard error.
 * @param nothing says that there is nothing, and what to do next
 * @throws DevregError JSONPATH_NOT_FOUND
 */
export async function answerList<Row>(
  terminal: Pick<Terminal, 'answer' | 'note'>,
  rows: readonly Row[],
  format: OutputFormat,
  view: ListView<Row>,
  nothing: string,
): Promise<void> {
  terminal.answer(await formatList(rows, format, view));
  if (rows.length === 0 && ['table', 'wide'].includes(format.kind)) terminal.note(nothing);
}
