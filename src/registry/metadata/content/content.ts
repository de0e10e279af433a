/** Everything `Metadata` knows about content, over one connection. */
import type { DatabaseSync } from 'node:sqlite';
import type { ContentMetadata } from '../../core/ports.ts';
import type { SweepMetadata } from '../../core/sweep-metadata.ts';
import type { Writes } from '../group-commit.ts';
import { BlobRows } from './blob-rows.ts';
import { openBlobs } from './blobs.ts';
import { openHolders } from './holders.ts';
import { openManifestReader } from './manifest-reader.ts';
import { openManifestWriter } from './manifest-writer.ts';
import { openMeasures } from './measures.ts';
import { openReferrers } from './referrers.ts';
import { openRepositories } from './repositories.ts';
import { RepositoryRows } from './repository-rows.ts';
import { openSweeps } from './sweeps.ts';
import { openUploads } from './uploads.ts';

/** Prepares every statement about content once; reading methods run at once, writing ones through `writes`. */
export function openContent(database: DatabaseSync, writes: Writes): ContentMetadata & SweepMetadata {
  const repositories = new RepositoryRows(database);
  const blobs = new BlobRows(database, repositories);
  return {
    ...openRepositories(database, repositories, writes),
    ...openBlobs(database, repositories, blobs, writes),
    ...openManifestReader(database, repositories),
    ...openManifestWriter(database, repositories, blobs, writes),
    ...openReferrers(database, repositories),
    ...openUploads(database, blobs, writes),
    ...openSweeps(database, repositories, writes),
    ...openHolders(database, writes),
    ...openMeasures(database),
  };
}
