/** Bodies of answers that are small: read whole, within a bound, or thrown away. */
import { DevregError } from '../../errors.ts';
import type { Answer } from './answer.ts';

/** A body that nobody wants is read to its end, so that the connection can be used again, when it is no longer than this. */
const LEFTOVER_MAX_BYTES = 64 * 1024;

/**
 * Reads a body.
 * @param what it is, for the sentence: `list of tags`
 * @throws DevregError ANSWER_TOO_LARGE; what the connection fails with
 */
export async function readBody(message: Answer, limit: number, what: string): Promise<Buffer> {
  const said = Number(message.headers['content-length'] ?? 0);
  const pieces: Buffer[] = [];
  let total = 0;
  if (said <= limit) {
    for await (const piece of message as AsyncIterable<Buffer>) {
      total += piece.length;
      if (total > limit) break;
      pieces.push(piece);
    }
  }
  if (said <= limit && total <= limit) return Buffer.concat(pieces);
  message.destroy();
  throw new DevregError('failure', 'ANSWER_TOO_LARGE', `The registry sends a ${what} of more than ${limit} bytes.`, {
    hint: 'No registry has a reason to; see what answers there.',
  });
}

/** Reads JSON; undefined when it is none. */
export async function readJson(message: Answer, limit: number, what: string): Promise<unknown> {
  const bytes = await readBody(message, limit, what);
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Gives up a body. */
export function discardBody(message: Answer): void {
  message.on('error', () => {});
  let total = 0;
  message.on('data', (piece: Buffer) => {
    total += piece.length;
    if (total > LEFTOVER_MAX_BYTES) message.destroy();
  });
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
