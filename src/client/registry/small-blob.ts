/** Small blobs: read as a whole and sent with the request that would begin an upload, where a registry takes that. */
import { type Readable, addAbortSignal } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.ts';
import { discardBody } from './answer-body.ts';
import { contentWrong } from './content-wrong.ts';
import { pushNeed } from './needs.ts';
import type { Session } from './session.ts';
import { FINISH_SILENCE_MS, OCTETS, type OpenUpload, locationOf } from './upload-session.ts';

/** What a registry that does not look at the body still reads, so that the connection can be used again. */
const SMALL_MAX_BYTES = 256 * 1024;

/** Whether a blob is held in memory as a whole for a moment. */
export function isSmall({ size }: Descriptor): boolean {
  return size <= SMALL_MAX_BYTES;
}

/**
 * Reads a small blob.
 * @throws DevregError CONTENT_WRONG when it has another length; what the stream fails with; the signal's reason
 */
export async function readSmall({ digest, size }: Descriptor, stream: Readable, signal: AbortSignal): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of addAbortSignal(signal, stream) as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > size) throw contentWrong(digest, `has more than its ${size} bytes`);
      pieces.push(piece);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  if (length !== size) throw contentWrong(digest, `has ${length} bytes in place of ${size}`);
  return Buffer.concat(pieces);
}

/**
 * Sends it in one request, which registries need not know.
 * @returns `stored`; the upload that the registry began instead; undefined when it did neither
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#single-post
 */
export async function sendAtOnce(
  session: Session,
  repository: string,
  { digest }: Descriptor,
  body: Buffer,
  signal: AbortSignal,
): Promise<'stored' | OpenUpload | undefined> {
  const need = pushNeed(repository);
  const path = `/v2/${repository}/blobs/uploads/?${new URLSearchParams({ digest }).toString()}`;
  const headers = { ...OCTETS, 'content-length': body.length };
  const ask = { method: 'POST', path, need, headers, body, silence: FINISH_SILENCE_MS };
  const answer = await session.ask(ask, signal);
  discardBody(answer);
  if (answer.statusCode === 201) return 'stored';
  return answer.statusCode === 202 ? { location: locationOf(answer, path), need } : undefined;
}
