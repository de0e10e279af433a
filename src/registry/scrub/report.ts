/** What looking through all blobs has found. */

/**
 * `damaged`: bytes are not what they were. `truncated`: there are fewer of them. `missing`: a repository has a blob
 * whose bytes are gone. `foreign`: no registry has made the file.
 */
type FindingKind = 'damaged' | 'truncated' | 'missing' | 'foreign';

/** Something that is not as it should be. */
export interface Finding {
  readonly kind: FindingKind;
  /** Where it is, or should be, in the data folder. */
  readonly path: string;
  /** Undefined for a foreign file. */
  readonly digest: string | undefined;
  /** Where it was moved in the data folder; undefined when it stayed, or is missing. */
  readonly quarantined: string | undefined;
}

/** All that was looked at. */
export interface ScrubReport {
  /** Blobs that were read. */
  readonly blobs: number;
  /** Bytes that were read. */
  readonly bytes: number;
  readonly findings: readonly Finding[];
}
