/** The certificate of the user's authority, which clients of a registry with TLS shall believe. */
import { readFile } from 'node:fs/promises';
import { translateReadErrors } from '../errors.ts';
import type { Folders } from '../state/folders.ts';
import { authorityCertificate } from '../state/paths.ts';
import type { AnyRecord } from '../state/record.ts';

/** The certificate, PEM, and the file it is in. */
export interface Authority {
  readonly file: string;
  readonly pem: string;
}

/** The file of the certificate; undefined where the registry has no TLS. */
export function authorityFile({ settings }: AnyRecord, folders: Folders): string | undefined {
  return settings.tls === 'off' ? undefined : authorityCertificate(folders);
}

/**
 * Reads the certificate.
 * @returns undefined where the registry has no TLS
 * @throws DevregError when the file system refuses
 */
export async function readAuthority(record: AnyRecord, folders: Folders): Promise<Authority | undefined> {
  const file = authorityFile(record, folders);
  if (file === undefined) return undefined;
  return { file, pem: await translateReadErrors(file, () => readFile(file, 'utf8')) };
}
