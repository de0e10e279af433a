/** What a registry does with content, and what goes on behind it: indexes kept beside the blobs, garbage collected. */
import type { RegistryConfig } from './config.ts';
import { type Blobs, createBlobs } from './core/blobs.ts';
import { type Catalog, createCatalog } from './core/catalog.ts';
import { createLeases } from './core/leases.ts';
import { findLostBlobs } from './core/lost-blobs.ts';
import { type Manifests, createManifests } from './core/manifests.ts';
import type { BlobStore, Clock, Metadata } from './core/ports.ts';
import { type Uploads, createUploads } from './core/uploads.ts';
import { collectInBackground } from './gc/background.ts';
import { countRemovals } from './gc/count-removals.ts';
import { createPatientClock } from './gc/patient-clock.ts';
import { beginPromises } from './gc/promises.ts';
import type { GcReport } from './gc/report.ts';
import type { GcSchedule } from './gc/schedule.ts';
import { createIndexWriter } from './layout/index-writer.ts';
import type { Log } from './log.ts';

/** What content is kept in. */
export interface ContentParts {
  /** As it is in the moment, but for the time of leases. */
  readonly config: Pick<RegistryConfig, 'allowSparse' | 'gcInterval' | 'gcLease' | 'uploadIdle'>;
  readonly metadata: Metadata;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of what became of each collection of garbage that was to remove something. */
  readonly onCollected: (end: GcReport | 'failed') => void;
}

/** Content in use; disposing breaks off or finishes what goes on behind it. */
export interface Content extends AsyncDisposable {
  readonly useCases: {
    readonly blobs: Blobs;
    readonly uploads: Uploads;
    readonly manifests: Manifests;
    readonly catalog: Catalog;
  };
  /** The collection of garbage, to be asked for or held off. */
  readonly garbage: Pick<GcSchedule, 'collect' | 'hold' | 'setInterval'>;
}

/** Makes the use cases and begins what goes on behind them. */
export async function openContent(parts: ContentParts): Promise<Content> {
  const { config, metadata, store, clock, log, onCollected } = parts;
  await using opened = new AsyncDisposableStack();
  const times = {
    lease: config.gcLease,
    get uploadIdle() {
      return config.uploadIdle;
    },
  };
  const leases = opened.use(createLeases(times.lease));
  const onUnnoted = (error: unknown) => log.warn('gc.unnoted', { error: String(error) });
  const earlier = opened.use(await beginPromises(metadata, clock, times.lease, onUnnoted));
  const lost = findLostBlobs(store, (digest) => log.error('blob.lost', { digest }));
  const indexWriter = opened.use(
    createIndexWriter(metadata, store, leases, (error) => log.error('index.failed', { error: describe(error) })),
  );
  const onChange = () => indexWriter.noteChange();
  const uploads = opened.use(createUploads(metadata, store, clock, leases));
  const patient = createPatientClock(clock, () => Math.max(times.lease, times.uploadIdle));
  const garbage = opened.use(
    collectInBackground(
      { metadata, store, leases, uploads, clock: patient, times, earlier },
      { interval: config.gcInterval, log, onManifestsRemoved: onChange, onEnd: onCollected },
    ),
  );
  const useCases = {
    blobs: createBlobs(metadata, lost, leases),
    uploads,
    manifests: createManifests(metadata, {
      get allowSparse() {
        return config.allowSparse;
      },
      leases,
      lost,
      onChange,
    }),
    catalog: createCatalog(metadata),
  };
  indexWriter.noteChange();
  const keep = opened.move();
  return {
    useCases: countRemovals(useCases, () => garbage.noteRemoval()),
    garbage,
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
