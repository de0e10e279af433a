/** Tables of Markdown, with columns as wide as the formatter makes them. Pure. */

/** Writes a table; every row has as many cells as there are headings. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [head = '', ...body] = lines.map((line) => joinCells(line.map((cell, at) => cell.padEnd(widths[at] ?? 0))));
  return [head, joinCells(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

function joinCells(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
