/** The entries of an index, changed one by one, with everything else as it was. Pure. */
import { algorithmOf, digestOf } from '../oci/digest.ts';
import type { StoredManifest } from './image-source.ts';

/** An entry with all its fields, also those that nobody here knows. */
export type IndexEntry = Readonly<Record<string, unknown>>;

/**
 * Makes an index with other entries, in their order.
 * @param change what becomes of an entry; undefined leaves it out
 */
export function changeEntries(
  index: StoredManifest,
  change: (entry: IndexEntry) => IndexEntry | undefined,
): StoredManifest {
  const value: unknown = JSON.parse(new TextDecoder().decode(index.bytes));
  const fields = isObject(value) ? value : {};
  const listed: unknown = fields['manifests'];
  const entries: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const manifests = entries.map((entry) => (isObject(entry) ? change(entry) : undefined));
  const text = JSON.stringify({ ...fields, manifests: manifests.filter((entry) => entry !== undefined) });
  const bytes = new TextEncoder().encode(text);
  return { bytes, mediaType: index.mediaType, digest: digestOf(bytes, algorithmOf(index.digest)) };
}

function isObject(value: unknown): value is IndexEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
