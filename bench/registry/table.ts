/** Rows as a table in Markdown. Pure. */
import type { Cell, Row } from './run-rows.ts';
import type { ServerName } from './servers.ts';
import { formatNumber } from './statistics.ts';
import { judge } from './verdict.ts';

/** Writes rates and CPU times of every server, and ratios beside the peer that bars are about. */
export function formatTable(rows: readonly Row[], servers: readonly ServerName[], peer: string): string {
  const head = ['workload', 'unit', ...servers, `× ${peer} (bar)`, 'CPU × best peer'];
  const lines = rows.map((row) => {
    const cells = servers.map((name) => formatCell(row.cells.find(({ server }) => server === name)));
    const verdicts = judge(row, peer);
    const ratios = verdicts.map(({ durability, ratio, bar }) => `${durability} ${formatNumber(ratio)} (${bar})`);
    const cpu = verdicts.map(({ durability, cpuRatio }) => `${durability} ${formatNumber(cpuRatio)}`);
    return [row.title, row.unit, ...cells, ratios.join(', '), cpu.join(', ')];
  });
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function formatCell(cell: Cell | undefined): string {
  if (cell === undefined) return '–';
  return cell.problem === undefined
    ? `${formatNumber(cell.rate)} (${formatNumber(cell.cpu)})`
    : `void: ${cell.problem}`;
}
