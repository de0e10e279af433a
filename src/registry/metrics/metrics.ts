/** All numbers of a registry that serves, as one text. */
import type { Clock } from '../core/ports.ts';
import { type CollectionCounts, countCollections } from './collection-counts.ts';
import { type RequestCounts, countRequests } from './request-counts.ts';
import { type Measured, measureStorage } from './storage-measure.ts';
import { type Family, formatFamilies } from './text-format.ts';

/** Where things are noted, and where they are read. */
export interface Metrics {
  readonly requests: Pick<RequestCounts, 'note'>;
  readonly collections: Pick<CollectionCounts, 'noteFinished' | 'noteFailed'>;
  /** The numbers of this moment in the text format; those of the storage may be a minute old. */
  write(): Promise<string>;
}

/** Begins to count. */
export function createMetrics(metadata: Measured, clock: Clock): Metrics {
  const requests = countRequests();
  const collections = countCollections();
  const storage = measureStorage(metadata, clock);
  const startedAt = clock.now();
  return {
    requests,
    collections,
    async write() {
      const measured = await storage();
      return formatFamilies([
        ...requests.families(),
        ...measured,
        ...collections.families(),
        ...processFamilies(startedAt),
      ]);
    },
  };
}

const MICROSECONDS = 1_000_000;

/** Named as Prometheus's own clients name them. */
function processFamilies(startedAt: Date): readonly Family[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'Processor time of this process.',
      samples: [{ value: (user + system) / MICROSECONDS }],
    },
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      help: 'Memory of this process.',
      samples: [{ value: process.memoryUsage.rss() }],
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      help: 'When the registry began to serve.',
      samples: [{ value: startedAt.getTime() / 1000 }],
    },
  ];
}
