/** Which registries have a certificate that is near its end. Every command asks, so only the files are read. */
import { join } from 'node:path';
import { type Phase, type Validity, phaseOf } from '../certs/validity.ts';
import { readValidity } from '../certs/validity-text.ts';
import { readIfPresent } from '../optional-files.ts';
import type { Folders } from '../state/folders.ts';
import { registryPaths } from '../state/paths.ts';
import type { AnyRecord } from '../state/record.ts';
import { certificateFolder } from './data-folder.ts';

/** A registry whose certificate shall be issued anew. */
export interface DueCertificate {
  readonly record: AnyRecord;
  readonly phase: Exclude<Phase, 'fresh'>;
}

/** @throws DevregError when the file system refuses; Node's own error for what is no certificate */
export async function findDue(records: readonly AnyRecord[], folders: Folders, now: Date): Promise<DueCertificate[]> {
  const found = await Promise.all(
    records.map(async (record) => {
      const phase = await phaseOfRecord(record, folders, now);
      return phase === 'fresh' ? [] : [{ record, phase }];
    }),
  );
  return found.flat();
}

/** Where a registry's data are on this machine, or would be: its certificate is beside them. */
export function certificateHome({ name, provider, settings }: AnyRecord, folders: Folders): string {
  return certificateFolder(provider === 'process' ? settings.dataDir : registryPaths(folders, name).data);
}

async function phaseOfRecord(record: AnyRecord, folders: Folders, now: Date): Promise<Phase> {
  if (record.settings.tls === 'off') return 'fresh';
  const text = await readIfPresent(join(certificateHome(record, folders), 'tls.crt'));
  // One that is not there is made by the next `create` or `start`.
  return text === undefined ? 'fresh' : phaseOf(readValidity(text) ?? (await parseCertificate(text)), now);
}

/** @throws Node's own error for what is no certificate */
async function parseCertificate(text: string): Promise<Validity> {
  const { X509Certificate } = await import('node:crypto');
  return new X509Certificate(text);
}
