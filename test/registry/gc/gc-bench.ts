/** Stores in memory with something in them, and collections over them, for tests. */
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { cacheMetadata } from '../../../src/registry/cache/cached-metadata.ts';
import { type Leases, createLeases } from '../../../src/registry/core/leases.ts';
import type { BlobStore, Metadata } from '../../../src/registry/core/ports.ts';
import { type Uploads, createUploads } from '../../../src/registry/core/uploads.ts';
import { type GcTimes, collectGarbage } from '../../../src/registry/gc/collect.ts';
import { createPace } from '../../../src/registry/gc/pace.ts';
import type { GcReport, GcRequest } from '../../../src/registry/gc/report.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { MemoryBlobStore } from '../../../src/registry/storage/memory-blob-store.ts';
import { repositoryName } from '../../support/contracts/metadata-samples.ts';

export const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

/** Stores, and what a collection needs besides. */
export interface GcBench extends AsyncDisposable {
  readonly metadata: Metadata;
  readonly store: BlobStore;
  readonly leases: Leases;
  readonly uploads: Uploads;
  /** What could not be removed. */
  readonly failed: string[];
  /** Passes so much time on the clock. */
  pass(milliseconds: number): void;
  /** Stores bytes and makes them a blob of repositories. */
  addBlob(text: string, ...repositories: string[]): Promise<Digest>;
  stored(): Promise<Digest[]>;
  collect(request?: Partial<GcRequest>, earlierEnd?: Date): Promise<GcReport>;
}

/** Opens a bench; two hours have passed since everything was stored. */
export async function openGcBench({
  store = new MemoryBlobStore(),
  times = { lease: HOUR, uploadIdle: DAY },
}: { readonly store?: BlobStore; readonly times?: GcTimes } = {}): Promise<GcBench> {
  const metadata = cacheMetadata(await openSqliteMetadata({ path: ':memory:', durability: 'fast' }));
  const leases = createLeases(times.lease);
  let passed = 2 * HOUR;
  const clock = { now: () => new Date(Date.now() + passed) };
  const uploads = createUploads(metadata, store, clock, leases);
  const failed: string[] = [];
  return {
    metadata,
    store,
    leases,
    uploads,
    failed,
    pass: (milliseconds) => void (passed += milliseconds),
    async addBlob(text, ...repositories) {
      const digest = digestOf(text);
      await store.put(digest, Buffer.from(text));
      for (const name of repositories) await metadata.linkBlob(repositoryName(name), digest, text.length);
      return digest;
    },
    stored: async () => (await Array.fromAsync(store.list())).map(({ digest }) => digest).toSorted(),
    collect(request = {}, earlierEnd) {
      const earlier = { end: () => earlierEnd };
      const onFailure = (what: string) => void failed.push(what);
      const parts = { metadata, store, leases, uploads, clock, times, earlier, onFailure };
      const pace = createPace(1, new AbortController().signal);
      return collectGarbage(parts, { isDryRun: false, deleteUntagged: false, ...request }, pace);
    },
    async [Symbol.asyncDispose]() {
      leases[Symbol.dispose]();
      await uploads[Symbol.asyncDispose]();
      await metadata[Symbol.asyncDispose]();
    },
  };
}
