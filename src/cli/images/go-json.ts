/** JSON as Go's programs print it, so that answers equal those of skopeo to the byte. Pure. */

/** Four blanks a level; what could be taken for HTML is escaped; a newline at the end. */
export function formatGoJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 4).replaceAll(/[<>&\u2028\u2029]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `${text}\n`;
}
