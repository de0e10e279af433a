/** All that a run found. */
import type { GrowthReport } from './growth.ts';
import type { Latency } from './latency.ts';
import type { PushMemory } from './memory.ts';
import type { Row } from './run-rows.ts';
import type { ServerName } from './servers.ts';

/** What a server is by itself. */
export interface Footprint {
  readonly server: ServerName;
  /** Milliseconds to the first answer. */
  readonly startedIn: number;
  /** Bytes that are resident before the rows, and after them. */
  readonly idle: number;
  readonly after: number;
}

/** The results of a run; what was not measured is absent. */
export interface Results {
  /** The server that bars are about. */
  readonly peer: ServerName;
  readonly servers: readonly ServerName[];
  readonly rows: readonly Row[];
  readonly footprints: readonly Footprint[];
  readonly latencies?: readonly Latency[];
  readonly growth?: GrowthReport;
  readonly pushMemory?: PushMemory;
}
