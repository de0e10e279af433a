/** Measures what is stored, from the metadata: in small steps, and not more often than it changes much. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';
import type { SweepMetadata, SweepPlace } from '../core/sweep-metadata.ts';
import type { UploadId } from '../core/ports.ts';
import type { Family } from './text-format.ts';

/** What is asked of the metadata. */
export type Measured = Pick<SweepMetadata, 'measureBlobs' | 'listUploads'>;

/** Rows of a step: some milliseconds, as the steps of a collection. */
const STEP_ROWS = 1_000;

/** A measure is good for so long, however often somebody asks. */
const GOOD_FOR_MS = 60_000;

interface Measure {
  readonly blobs: number;
  readonly bytes: number;
  readonly uploads: number;
}

/** Gives the families. Whoever asks at the same time gets the same measure. */
export function measureStorage(metadata: Measured, clock: Clock): () => Promise<readonly Family[]> {
  let last: { readonly at: number; readonly measure: Promise<Measure> } | undefined;
  return async () => {
    const now = clock.now().getTime();
    if (last === undefined || Math.abs(now - last.at) >= GOOD_FOR_MS) {
      const current = { at: now, measure: measure(metadata) };
      last = current;
      current.measure.catch(() => last === current && (last = undefined));
    }
    return familiesOf(await last.measure);
  };
}

async function measure(metadata: Measured): Promise<Measure> {
  const stored = { blobs: 0, bytes: 0 };
  let after: SweepPlace | undefined;
  do {
    const { blobs, bytes, next } = await metadata.measureBlobs({ after, rows: STEP_ROWS });
    stored.blobs += blobs;
    stored.bytes += bytes;
    after = next;
    await setImmediate();
  } while (after !== undefined);
  return { ...stored, uploads: await countUploads(metadata) };
}

async function countUploads(metadata: Measured): Promise<number> {
  let count = 0;
  let after: UploadId | undefined;
  do {
    const uploads = await metadata.listUploads({ after, limit: STEP_ROWS });
    count += uploads.length;
    after = uploads.length < STEP_ROWS ? undefined : uploads.at(-1)?.id;
    await setImmediate();
  } while (after !== undefined);
  return count;
}

function familiesOf({ blobs, bytes, uploads }: Measure): readonly Family[] {
  return [
    {
      name: 'devreg_storage_blobs',
      type: 'gauge',
      help: 'Blobs that are kept, each once, whichever repositories have it.',
      samples: [{ value: blobs }],
    },
    { name: 'devreg_storage_bytes', type: 'gauge', help: 'Bytes of these blobs.', samples: [{ value: bytes }] },
    {
      name: 'devreg_uploads_open',
      type: 'gauge',
      help: 'Uploads that were begun and not finished.',
      samples: [{ value: uploads }],
    },
  ];
}
