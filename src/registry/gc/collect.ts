/** One collection of garbage, from uploads to bytes. */
import type { Leases } from '../core/leases.ts';
import type { BlobStore, Clock, ContentMetadata } from '../core/ports.ts';
import type { SweepMetadata } from '../core/sweep-metadata.ts';
import type { Uploads } from '../core/uploads.ts';
import type { Pace } from './pace.ts';
import type { EarlierPromises } from './promises.ts';
import { type GcReport, type GcRequest, newTally } from './report.ts';
import { Doomed, type Sweep } from './sweep.ts';
import { sweepBlobs } from './sweep-blobs.ts';
import { sweepBytes } from './sweep-bytes.ts';
import { sweepManifests } from './sweep-manifests.ts';
import { sweepUploads } from './sweep-uploads.ts';

/** How long things are kept, in milliseconds. */
export interface GcTimes {
  /** What clients were told is there. */
  readonly lease: number;
  /** Uploads of which no byte comes. */
  readonly uploadIdle: number;
}

/** What a collection works on. */
export interface GcParts {
  readonly metadata: ContentMetadata & SweepMetadata;
  readonly store: BlobStore;
  readonly leases: Leases;
  readonly uploads: Pick<Uploads, 'expire'>;
  readonly clock: Clock;
  readonly times: GcTimes;
  readonly earlier: EarlierPromises;
  /** Told what could not be removed. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/**
 * Collects. What stays: manifests, unless those without a tag are asked for and nothing keeps them; the blobs they
 * reference; what clients were told of in the time of a lease; uploads that go on. Facts go before bytes, each in steps
 * of some milliseconds, and each step is as safe as any other write; so a collection may be broken off anywhere.
 * @throws the errors of metadata and store; the pace's when it shall end
 */
export async function collectGarbage(parts: GcParts, request: GcRequest, pace: Pace): Promise<GcReport> {
  const begun = performance.now();
  const sweep = beginSweep(parts, request, pace);
  await sweepUploads(sweep);
  if (request.deleteUntagged) await sweepManifests(sweep);
  await sweepBlobs(sweep);
  await sweepBytes(sweep);
  return {
    isDryRun: request.isDryRun,
    ...sweep.tally,
    keptUntil: parts.earlier.end()?.toISOString(),
    milliseconds: Math.round(performance.now() - begun),
  };
}

function beginSweep(parts: GcParts, request: GcRequest, pace: Pace): Sweep {
  const { leases, earlier, clock, times } = parts;
  const now = clock.now().getTime();
  return {
    ...parts,
    request,
    pace,
    tally: newTally(),
    doomed: new Doomed(),
    uploadsIdleSince: new Date(now - times.uploadIdle),
    bytesOlderThan: new Date(now - times.lease),
    isPromised: (digest) => leases.isKept(digest) || earlier.end() !== undefined,
  };
}
