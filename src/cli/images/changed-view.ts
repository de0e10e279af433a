/** How changes of references are told to programs: what was tagged, and what was deleted. */
import type { ListView } from '../output/list.ts';

/** One reference as shown. */
export interface ChangedRow {
  /** `HOST/NAME:TAG`, or `HOST/NAME@DIGEST` for a manifest. */
  readonly reference: string;
  readonly digest: string;
  readonly outcome: 'tagged' | 'deleted' | 'planned';
  /** What goes along with a manifest. */
  readonly tags: readonly string[];
}

export const CHANGED_VIEW: ListView<ChangedRow> = {
  columns: [
    { heading: 'REFERENCE', cell: ({ reference }) => reference },
    { heading: 'OUTCOME', cell: ({ outcome }) => outcome },
    { heading: 'TAGS', cell: ({ tags }) => (tags.length === 0 ? '-' : tags.join(',')) },
  ],
  wideColumns: [{ heading: 'DIGEST', cell: ({ digest }) => digest }],
  nameOf: ({ reference }) => reference,
};
