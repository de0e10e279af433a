/** Looks through the blobs of a data folder, beside the registry that serves from it or while none does. */
import { join } from 'node:path';
import type { Clock } from './core/ports.ts';
import { DATABASE, actAsOwner, refuseOtherFolder } from './folder-access.ts';
import { openMetadataReader } from './metadata/snapshot.ts';
import { createQuarantine } from './scrub/quarantine.ts';
import { createRate } from './scrub/rate.ts';
import type { ScrubReport } from './scrub/report.ts';
import { scrub } from './scrub/scrub.ts';

/** What is looked through, and how. */
export interface FolderScrub {
  readonly dataDir: string;
  /** Says what is wrong, and leaves it. */
  readonly isDryRun: boolean;
  /** What may be read on average. */
  readonly bytesPerSecond: number;
}

/**
 * Looks.
 * @throws StorageError where no registry has kept data; SQLite's and the system's errors
 */
export async function scrubFolder(
  { dataDir, isDryRun, bytesPerSecond }: FolderScrub,
  clock: Clock,
): Promise<ScrubReport> {
  await refuseOtherFolder(dataDir);
  await using _owner = await actAsOwner(dataDir);
  using metadata = openMetadataReader(join(dataDir, DATABASE));
  const stamp = clock.now().toISOString().replaceAll(/[:.]/g, '-');
  const quarantine = isDryRun ? undefined : createQuarantine(dataDir, stamp);
  return await scrub({ dataDir, metadata, quarantine, pause: createRate(bytesPerSecond) });
}
