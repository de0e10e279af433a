/** What the sweeps of one collection share. */
import type { Digest } from '../../oci/digest.ts';
import type { Leases } from '../core/leases.ts';
import type { BlobStore, ContentMetadata } from '../core/ports.ts';
import type { SweepFind, SweepItem, SweepMetadata } from '../core/sweep-metadata.ts';
import type { Uploads } from '../core/uploads.ts';
import type { Pace } from './pace.ts';
import type { GcRequest, GcTally } from './report.ts';

/** One collection under way. */
export interface Sweep {
  readonly request: GcRequest;
  readonly metadata: ContentMetadata & SweepMetadata;
  readonly store: BlobStore;
  readonly leases: Pick<Leases, 'isKept' | 'claim'>;
  readonly uploads: Pick<Uploads, 'expire'>;
  readonly pace: Pace;
  readonly tally: GcTally;
  readonly doomed: Doomed;
  /** Uploads without a byte since then are given up. */
  readonly uploadsIdleSince: Date;
  /** Bytes that nobody has are removed when they are older: another process may be about to say whose they are. */
  readonly bytesOlderThan: Date;
  /** Whether something must stay although it is garbage. */
  readonly isPromised: (digest: Digest) => boolean;
  /** Told what could not be removed. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/** Rows looked at in a step: a millisecond of the event loop, or two. */
export const ROWS = 100;

/** How many of the things that keep another are looked at, where what would go is only noted. */
const KEEPERS_LOOKED_AT = 100;

/** Any one keeps a thing where everything that goes is removed at once. */
export function keepersLookedAt({ request }: Sweep): number {
  return request.isDryRun ? KEEPERS_LOOKED_AT : 1;
}

/** What would go, in a collection that only says so; empty in any other. */
export class Doomed {
  readonly #items = new Set<string>();
  readonly #holders = new Map<Digest, number>();

  add(item: SweepItem): void {
    this.#items.add(keyOf(item));
    this.#holders.set(item.digest, (this.#holders.get(item.digest) ?? 0) + 1);
  }

  has(item: SweepItem): boolean {
    return this.#items.has(keyOf(item));
  }

  /** How many repositories would lose a digest. */
  holders(digest: Digest): number {
    return this.#holders.get(digest) ?? 0;
  }

  /** Whether nothing keeps a find but what would go itself. */
  leaves({ repository, keepers }: SweepFind): boolean {
    return keepers.length < KEEPERS_LOOKED_AT && keepers.every((digest) => this.has({ repository, digest }));
  }
}

function keyOf({ repository, digest }: SweepItem): string {
  return `${repository} ${digest}`;
}

/** Notes garbage that stays since clients were told of it. */
export function tallyKept({ tally }: Sweep, finds: readonly SweepFind[]): void {
  tally.kept += finds.length;
  tally.keptBytes += finds.reduce((sum, { size }) => sum + size, 0);
}
