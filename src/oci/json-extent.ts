/** How large the value is that a JSON text stands for, told without making it. */

/** The extent of a JSON text. */
export interface JsonExtent {
  /** How deep lists and objects are nested. */
  readonly depth: number;
  /** About how many values there are, all levels together. */
  readonly values: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{`, and what closes each, differ from one another in this bit alone. */
const BRACE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * Measures a text. A few megabytes of brackets become hundreds of megabytes of objects and take seconds to parse; this
 * takes some milliseconds. For what is not well-formed JSON the numbers mean nothing.
 */
export function measureJson(bytes: Uint8Array): JsonExtent {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  let isInString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (isInString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === COMMA) values++;
    else if ((byte | BRACE_BIT) === OPENING) {
      values++;
      depth++;
      if (depth > deepest) deepest = depth;
    } else if ((byte | BRACE_BIT) === CLOSING) depth--;
  }
  return { depth: deepest, values };
}
