/** A report in words. */
import type { GcReport } from './report.ts';

/** Some lines for people, each ended by a newline. */
export function formatReport(report: GcReport): string {
  const { isDryRun, manifests, unlinked, blobs, bytes, uploads, failures } = report;
  const done = isDryRun ? 'Would remove' : 'Removed';
  const lines = [`${done} ${count(blobs, 'blob')} and ${count(uploads, 'unfinished upload')}: ${sizeOf(bytes)}.`];
  if (manifests > 0) lines.push(`${done} ${count(manifests, 'manifest')} without a tag.`);
  if (unlinked > blobs)
    lines.push(`${count(unlinked, 'blob')} of repositories had no manifest; others still have some.`);
  if (failures > 0) lines.push(`${count(failures, 'thing')} could not be removed; the log says why.`);
  return `${lines.join('\n')}\n${formatKept(report)}`;
}

/** Garbage that stays for a while, in a line; nothing when there is none. */
export function formatKept({ kept, keptBytes, keptUntil }: GcReport): string {
  if (kept === 0) return '';
  const what = `${count(kept, 'thing')} of ${sizeOf(keptBytes)} ${kept === 1 ? 'is' : 'are'} kept`;
  const it = kept === 1 ? 'it' : 'them';
  if (keptUntil === undefined) return `${what}, since clients were told of ${it} a while ago.\n`;
  return `${what} until ${keptUntil}, since clients may have been told of ${it}.\n`;
}

function count(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

function sizeOf(bytes: number): string {
  const step = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return `${step === 0 ? bytes : (bytes / 1_000 ** step).toFixed(1)} ${UNITS[step]}`;
}
