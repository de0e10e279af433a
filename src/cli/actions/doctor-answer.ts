/** What `doctor` answers, in words and as data. */
import { DevregError } from '../../errors.ts';
import type { Finding } from '../../workflows/doctor.ts';
import type { OutputFormat } from '../output/format.ts';
import { formatList } from '../output/list.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Never a sign alone: not everybody sees the difference. */
const SIGNS: Readonly<Record<Finding['state'], string>> = {
  ok: '✓ ok     ',
  warning: '! warning',
  problem: '✗ problem',
  skipped: '- skipped',
};

/** Under a sign and its word. */
const INDENT = ' '.repeat(12);

/** Writes findings down. JSON and YAML are always arrays. */
export async function formatFindings(findings: readonly Finding[], format: OutputFormat): Promise<string> {
  if (format.kind !== 'table')
    return formatList(findings, format, { columns: [], wideColumns: [], nameOf: ({ check }) => `check/${check}` });
  return findings.map(formatFinding).join('');
}

function formatFinding({ check, state, code, message, fix }: Finding): string {
  const coded = code === undefined ? '' : ` [${code}]`;
  const lines = [`${SIGNS[state]}  ${check}: ${message}${coded}`, ...(fix === undefined ? [] : [`${INDENT}→ ${fix}`])];
  return `${lines.join('\n')}\n`;
}

/**
 * Ends as scripts expect it.
 * @param wasFixed whether devreg has mended what it could
 * @throws DevregError PROBLEMS_FOUND
 */
export function tellFindings(findings: readonly Finding[], wasFixed: boolean, terminal: Terminal): void {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems > 0) {
    const message = `${problems} ${problems === 1 ? 'problem was' : 'problems were'} found.`;
    throw new DevregError('problems-found', 'PROBLEMS_FOUND', message, {
      hint: wasFixed
        ? 'What is left is not for devreg to mend: see the commands above.'
        : 'Run the commands above, or devreg doctor --fix, which does what devreg may.',
    });
  }
  terminal.note(
    warnings === 0 ? 'All is well.' : `All works; ${warnings === 1 ? 'one warning' : `${warnings} warnings`}.`,
  );
}
