/** Lists as every reading command answers with them. */
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
