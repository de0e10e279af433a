/** What the public conformance program found, from the files it writes. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** One kind of API or data, and what became of it. */
export interface Row {
  readonly name: string;
  readonly status: string;
}

/** All of it. */
export interface Results {
  readonly rows: readonly Row[];
  /** Single requests and checks below the rows. */
  readonly checks: number;
  /** Checks that were not passed. */
  readonly unpassed: number;
}

/**
 * Reads the results.
 * @returns undefined when there are none: the program then could not even begin, and may yet have ended with 0
 * @throws an error when they are not what is expected
 */
export async function readResults(folder: string): Promise<Results | undefined> {
  const file = join(folder, 'results.yaml');
  if (!existsSync(file)) return undefined;
  const summary: unknown = parse(await readFile(file, 'utf8'));
  const rows = ['apis', 'data'].flatMap((part) => rowsOf(summary, part));
  const details = await readFile(join(folder, 'junit.xml'), 'utf8');
  const statuses = [...details.matchAll(/<testcase\b[^>]*\bstatus="([^"]*)"/g)].map(([, status]) => status);
  return { rows, checks: statuses.length, unpassed: statuses.filter((status) => status !== 'passed').length };
}

function rowsOf(summary: unknown, part: string): Row[] {
  const found: unknown = isRecord(summary) ? summary[part] : undefined;
  if (!isRecord(found) || Object.keys(found).length === 0) throw new Error(`results.yaml has nothing below ${part}.`);
  return Object.entries(found).map(([name, status]) => ({ name: `${part}: ${name}`, status: String(status) }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rows that did not pass: failed, skipped, not supported, or not run. */
export function unpassedRows({ rows }: Results): readonly Row[] {
  return rows.filter(({ status }) => status !== 'Pass');
}
