/** How copied images are told: a sentence each for people, all of it for programs. */
import type { CopiedImage } from '../../workflows/images/copy-one.ts';
import type { SyncedImage } from '../../workflows/images/sync-images.ts';
import type { ListView } from '../output/list.ts';
import { isDevregError } from '../../errors.ts';
import { count } from '../output/words.ts';
import { formatBytes } from './sizes.ts';

/** One image as shown. */
export interface CopiedRow {
  readonly source: string;
  readonly target: string;
  readonly outcome: 'copied' | 'skipped' | 'failed' | 'planned';
  readonly digest: string | null;
  readonly mediaType: string | null;
  readonly manifests: number;
  readonly blobs: { readonly copied: number; readonly mounted: number; readonly there: number };
  /** That were moved. */
  readonly bytes: number;
  /** What of the image is otherwise than in the source. */
  readonly remarks: readonly string[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

export const COPIED_VIEW: ListView<CopiedRow> = {
  columns: [
    { heading: 'SOURCE', cell: ({ source }) => source },
    { heading: 'TARGET', cell: ({ target }) => target },
    { heading: 'OUTCOME', cell: ({ outcome }) => outcome },
    { heading: 'MOVED', cell: ({ bytes }) => formatBytes(bytes) },
  ],
  wideColumns: [
    { heading: 'DIGEST', cell: ({ digest }) => digest ?? '-' },
    { heading: 'ERROR', cell: ({ error }) => error?.message ?? '-' },
  ],
  nameOf: ({ target }) => target,
};

const NOTHING = { copied: 0, mounted: 0, there: 0 };

/** What became of an image, as a row. */
export function toRow(image: CopiedImage | SyncedImage): CopiedRow {
  const { source, target, outcome } = image;
  const result = image.outcome === 'failed' ? undefined : image.result;
  const error = image.outcome === 'failed' && isDevregError(image.error) ? image.error : undefined;
  return {
    source,
    target,
    outcome,
    digest: result?.digest ?? null,
    mediaType: result?.mediaType ?? null,
    manifests: result?.manifests ?? 0,
    blobs: result?.blobs ?? NOTHING,
    bytes: result?.bytes ?? 0,
    remarks: result?.remarks ?? [],
    error: error === undefined ? null : { code: error.code, message: error.message },
  };
}

/** An image that would be copied. */
export function plannedRow(source: string, target: string): CopiedRow {
  return {
    source,
    target,
    outcome: 'planned',
    digest: null,
    mediaType: null,
    manifests: 0,
    blobs: NOTHING,
    bytes: 0,
    remarks: [],
    error: null,
  };
}

/** @returns a line with its end */
export function sentenceOf(row: CopiedRow): string {
  const way = `${row.source} to ${row.target}`;
  switch (row.outcome) {
    case 'planned':
      return `Would copy ${way}.\n`;
    case 'skipped':
      return `Left ${row.target} alone: it is there already.\n`;
    case 'failed':
      return `Could not copy ${way}: ${row.error?.message ?? ''}\n`;
    default:
      return `Copied ${way}: ${row.digest ?? ''} (${describeBlobs(row)}).\n`;
  }
}

function describeBlobs({ blobs: { copied, mounted, there }, bytes }: CopiedRow): string {
  const kept = there + mounted;
  const moved = `${count(copied, 'blob')}, ${formatBytes(bytes)}`;
  return kept === 0 ? moved : `${moved}; ${kept} ${kept === 1 ? 'was' : 'were'} there`;
}
