/** JSON as Go's programs print it, so that answers equal those of skopeo to the byte. Pure. */
import { escapeForHtml } from '../../copy/conversion/go-json.ts';

/** Four blanks a level; what could be taken for HTML is escaped; a newline at the end. */
export function formatGoJson(value: unknown): string {
  return `${escapeForHtml(JSON.stringify(value, undefined, 4))}\n`;
}
