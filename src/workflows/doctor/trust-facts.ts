/** Reads the files by which this machine's clients trust a registry, and compares them with the user's authority. */
import { createHash, X509Certificate } from 'node:crypto';
import type { FileState, TrustFileReport } from '../../doctor/check-trust.ts';
import { readIfPresent } from '../../optional-files.ts';
import type { Folders } from '../../state/folders.ts';
import { authorityCertificate } from '../../state/paths.ts';
import type { AnyRecord } from '../../state/record.ts';

/** The user's authority as it is on disk. */
export interface FoundAuthority extends TrustFileReport {
  /** PEM; undefined when there is none to be read. */
  readonly certificate: string | undefined;
}

/** @returns undefined where the registry does without TLS */
export async function readFoundAuthority(
  { settings }: AnyRecord,
  folders: Folders,
): Promise<FoundAuthority | undefined> {
  if (settings.tls === 'off') return undefined;
  const path = authorityCertificate(folders);
  const text = await readIfPresent(path);
  if (text === undefined) return { path, state: 'missing', certificate: undefined };
  return isCertificate(text)
    ? { path, state: 'right', certificate: text }
    : { path, state: 'other', certificate: undefined };
}

/** Looks at every file that the record tells of. */
export async function readTrustFiles(
  { trusted }: AnyRecord,
  authority: string | undefined,
): Promise<TrustFileReport[]> {
  return Promise.all(trusted.map(async ({ path }) => ({ path, state: await compare(path, authority) })));
}

async function compare(path: string, authority: string | undefined): Promise<FileState> {
  const text = await readIfPresent(path);
  if (text === undefined) return 'missing';
  return authority !== undefined && sumOf(text) === sumOf(authority) ? 'right' : 'other';
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).ca;
  } catch {
    return false;
  }
}

/** Line breaks at the end do not matter. */
function sumOf(text: string): string {
  return createHash('sha256').update(text.trimEnd()).digest('hex');
}
