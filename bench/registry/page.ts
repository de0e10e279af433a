/** The page that holds the last run, in Markdown. */
import { cpus } from 'node:os';
import type { Results } from './results.ts';
import { formatNumber } from './statistics.ts';
import { formatTable } from './table.ts';

const MEGABYTE = 1_000_000;

/** Writes the page. */
export function formatPage(results: Results): string {
  const { rows, servers, peer } = results;
  const sections = [
    '# Performance',
    `The last run of \`npm run bench\`: ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model}), ` +
      `Node ${process.versions.node}, loopback, the load on the same cores. Every server is asked in turn, and its answers are checked by digest. ` +
      'Figures are medians; those in parentheses are the CPU time of the server in µs, per operation or per MB. ' +
      'Figures of one run can be compared with each other, and with no others. `full` means that what was answered survives a power cut, ' +
      '`fast` that it survives the end of the process.',
    formatTable(rows, servers, peer).trimEnd(),
    '## Start and memory',
    footprintTable(results),
    ...latencySection(results),
    ...growthSection(results),
  ];
  return `${sections.join('\n\n')}\n`;
}

function footprintTable({ footprints, pushMemory, growth }: Results): string {
  const lines = footprints.map(({ server, startedIn, idle, after }) => [
    server,
    `${startedIn.toFixed(0)} ms`,
    `${formatNumber(idle / MEGABYTE)} MB`,
    `${formatNumber(after / MEGABYTE)} MB`,
  ]);
  const text = tableOf([['server', 'first answer', 'memory idle', 'memory after all rows'], ...lines]);
  const start =
    growth === undefined
      ? ''
      : `\n\ndevreg answers first after ${growth.emptyStart.toFixed(0)} ms with nothing in it, and after ${growth.largeStart.toFixed(0)} ms with 100,000 repositories and manifests.`;
  const pushes =
    pushMemory === undefined
      ? ''
      : `\n\nSixteen pushes of 2 GB at the same time: ${formatNumber(pushMemory.peak / MEGABYTE)} MB at most.`;
  return text + start + pushes;
}

function latencySection({ latencies }: Results): string[] {
  if (latencies === undefined) return [];
  const lines = latencies.map(({ server, idle, loaded }) => [
    server,
    `${formatNumber(idle)} ms`,
    `${formatNumber(loaded)} ms`,
    formatNumber(loaded / idle),
  ]);
  return [
    '## Reading a manifest while four clients push 1 GB each',
    tableOf([['server', 'p99 idle', 'p99 beside pushes', 'ratio'], ...lines]),
  ];
}

function growthSection({ growth }: Results): string[] {
  if (growth === undefined) return [];
  const lines = growth.growth.map(({ question, small, large }) => [
    question,
    formatNumber(small),
    formatNumber(large),
    formatNumber(large / small),
  ]);
  return [
    '## 100,000 tags, repositories and referrers beside 1,000',
    tableOf([['question', 'req/s of 1,000', 'req/s of 100,000', 'ratio'], ...lines]),
  ];
}

function tableOf([head = [], ...lines]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
