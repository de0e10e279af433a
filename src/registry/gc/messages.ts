/** What is said over the socket of a registry that serves: one line of JSON each way. */
import type { GcReport, GcRequest } from './report.ts';

/** Asks for nothing to be removed as long as the connection stays open. */
export interface HoldRequest {
  readonly hold: true;
}

/** The answer. */
export type GcAnswer = { readonly report: GcReport } | { readonly held: true } | { readonly failure: string };

/** Writes a line. */
export function toLine(message: GcRequest | HoldRequest | GcAnswer): string {
  return `${JSON.stringify(message)}\n`;
}

/** @returns undefined for what is no request */
export function parseRequest(line: string): GcRequest | HoldRequest | undefined {
  const { hold, isDryRun, deleteUntagged } = parseObject(line) ?? {};
  if (hold === true) return { hold };
  if (typeof isDryRun !== 'boolean' || typeof deleteUntagged !== 'boolean') return undefined;
  return { isDryRun, deleteUntagged };
}

/** @returns undefined for what is no answer of this version */
export function parseAnswer(line: string): GcAnswer | undefined {
  const { failure, held, report } = parseObject(line) ?? {};
  if (typeof failure === 'string') return { failure };
  if (held === true) return { held };
  return isReport(report) ? { report } : undefined;
}

const COUNTS = ['uploads', 'manifests', 'unlinked', 'blobs', 'bytes', 'kept', 'keptBytes', 'failures', 'milliseconds'];

function isReport(value: unknown): value is GcReport {
  if (!isObject(value)) return false;
  const { isDryRun, keptUntil } = value;
  const hasCounts = COUNTS.every((name) => typeof value[name] === 'number');
  return hasCounts && typeof isDryRun === 'boolean' && (keptUntil === undefined || typeof keptUntil === 'string');
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
