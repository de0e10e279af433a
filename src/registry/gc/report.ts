/** What a collection of garbage was asked for, and what it came to. */

/** What to collect. */
export interface GcRequest {
  /** Says what would go, and leaves it. */
  readonly isDryRun: boolean;
  /** Removes manifests without a tag too, unless something keeps them. */
  readonly deleteUntagged: boolean;
}

/** What went, or would go. */
export interface GcReport {
  readonly isDryRun: boolean;
  /** Uploads that nobody went on with. */
  readonly uploads: number;
  /** Manifests without a tag. */
  readonly manifests: number;
  /** Blobs taken out of a repository that has no manifest for them, once for each repository. */
  readonly unlinked: number;
  /** Contents whose bytes were removed, since no repository has them. */
  readonly blobs: number;
  /** Bytes that became free, those of uploads included. */
  readonly bytes: number;
  /** Manifests and blobs of repositories that are garbage, but of which clients were told a while ago. */
  readonly kept: number;
  readonly keptBytes: number;
  /** When all that clients were told by an earlier process is outdated, as an ISO date; until then it is all kept. */
  readonly keptUntil: string | undefined;
  /** Contents that could not be removed; the log says why. */
  readonly failures: number;
  readonly milliseconds: number;
}

/** A report that is being written. */
export type GcTally = {
  -readonly [Field in keyof Omit<GcReport, 'isDryRun' | 'keptUntil' | 'milliseconds'>]: number;
};

/** Nothing yet. */
export function newTally(): GcTally {
  return { uploads: 0, manifests: 0, unlinked: 0, blobs: 0, bytes: 0, kept: 0, keptBytes: 0, failures: 0 };
}
