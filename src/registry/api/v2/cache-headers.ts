/** Headers that let clients keep content, and ask whether it changed. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Digest } from '../../../oci/digest.ts';

/** What a digest names never changes; caches shared between users must not keep what may be private. */
export const IMMUTABLE = 'private, max-age=31536000, immutable';

/** What a tag names may change at any time, so it is asked for again; the ETag makes that cheap. */
export const REVALIDATE = 'no-cache';

/** The entity tag of content with a digest. */
export function etagOf(digest: Digest): string {
  return `"${digest}"`;
}

/** Whether the client has the content already. @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
export function isUnchanged(headers: IncomingHttpHeaders, digest: Digest): boolean {
  const header = headers['if-none-match'];
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etagOf(digest));
}
