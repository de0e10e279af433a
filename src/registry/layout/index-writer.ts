/** Keeps the index of every repository up to date beside its blobs, some seconds behind and off the path of requests. */
import type { RepositoryName } from '../../oci/repository.ts';
import type { Leases } from '../core/leases.ts';
import type { BlobStore, ContentMetadata } from '../core/ports.ts';
import { startIndex } from './index-file.ts';

/** A repository is written when nothing changed for this long … */
const QUIET_MS = 2_000;

/** … and while it goes on changing, this often. */
const LATEST_MS = 30_000;

/** Manifests looked at in one go. */
const PAGE = 100;

/** Repositories taken up in one go. */
const BATCH = 20;

/** Writes indexes behind the changes. */
export interface IndexWriter extends AsyncDisposable {
  /** Something changed. Cheap. */
  noteChange(): void;
  /** Writes what is waiting, now. */
  flush(): Promise<void>;
}

/**
 * Makes the writer. What a crash keeps it from writing is found and written after the next start.
 * @param leases keep what it found in the store from being removed before its manifest is seen
 * @param report gets errors; the change stays noted and is tried again with the next one
 */
export function createIndexWriter(
  metadata: ContentMetadata,
  store: BlobStore,
  leases: Pick<Leases, 'hold'>,
  report: (error: unknown) => void,
): IndexWriter {
  let quiet: NodeJS.Timeout | undefined;
  let latest: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let isClosed = false;

  const flush = () => {
    clearTimeout(quiet);
    clearTimeout(latest);
    quiet = latest = undefined;
    running = running.then(() => saveAll({ metadata, store, leases })).catch(report);
    return running;
  };
  const noteChange = () => {
    if (isClosed) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => void flush(), QUIET_MS).unref();
    latest ??= setTimeout(() => void flush(), LATEST_MS).unref();
  };
  return {
    noteChange,
    flush,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await flush();
    },
  };
}

interface Places {
  readonly metadata: ContentMetadata;
  readonly store: BlobStore;
  readonly leases: Pick<Leases, 'hold'>;
}

async function saveAll(places: Places): Promise<void> {
  for (;;) {
    const unsaved = await places.metadata.listUnsaved(BATCH);
    for (const { repository, revision } of unsaved) await save(places, repository, revision);
    if (unsaved.length < BATCH) return;
  }
}

/** The revision was read before the manifests: a change in between only makes the repository be written once more. */
async function save({ metadata, store, leases }: Places, repository: RepositoryName, revision: number): Promise<void> {
  const index = startIndex();
  let after: string | undefined;
  for (;;) {
    const manifests = await metadata.listManifests(repository, { after, limit: PAGE });
    for (const { digest, bytes } of manifests) {
      using _held = await leases.hold(digest);
      if ((await store.stat(digest)) === undefined) await store.put(digest, bytes);
    }
    index.add(
      manifests.map(({ digest, mediaType, bytes, tags }) => ({ digest, mediaType, size: bytes.byteLength, tags })),
    );
    if (manifests.length < PAGE) break;
    after = manifests.at(-1)?.digest;
  }
  await store.writeIndex(repository, index.finish());
  await metadata.markSaved(repository, revision);
}
