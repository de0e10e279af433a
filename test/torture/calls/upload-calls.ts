/** Calls about an upload: begin, ask, append, finish, cancel. */
import type { Digest } from '../../../src/oci/digest.ts';
import { possibleOffset, type Upload } from '../client/upload.ts';
import { holdsBlob, linkBlob } from '../model/rules.ts';
import { type State, withSession, withoutSession } from '../model/state.ts';
import type { Outcome } from '../model/worlds.ts';
import { uploadsPath } from './blob-calls.ts';
import { type Call, short, statusText, unchanged } from './call.ts';

const UNKNOWN = '404 BLOB_UPLOAD_UNKNOWN';
const OUT_OF_ORDER = '416 BLOB_UPLOAD_INVALID';

/** POST that begins an upload. */
export function beginUpload(repository: string, session: string, algorithm: string | undefined): Call {
  const query = algorithm === undefined ? '' : `?digest-algorithm=${algorithm}`;
  return {
    text: `begin ${session} in ${repository} ${query}`,
    sending: { method: 'POST', path: `${uploadsPath(repository)}${query}` },
    outcomes: (state) => [{ answer: '202', next: withSession(state, session) }],
    read: (answer) => statusText(answer, 'POST'),
  };
}

/** GET: how many bytes the server has. */
export function askUpload(upload: Upload): Call {
  const { session, low, high } = upload;
  const known = { ...upload };
  return {
    text: `ask ${session}, of which ${low} to ${high} bytes are there`,
    sending: { method: 'GET', path: upload.location },
    outcomes: (state) => [unchanged(state, state.sessions.has(session) ? '204' : UNKNOWN)],
    read(answer) {
      const isPossible = possibleOffset(known, answer.headers.range) !== undefined;
      return answer.status === 204 && !isPossible ? `204 ${answer.headers.range}` : statusText(answer, 'GET');
    },
  };
}

/** How bytes are appended. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  /** The client says which bytes these are. */
  readonly isNamed: boolean;
  /** The client does not say how many they are. */
  readonly isStreamed: boolean;
}

/** PATCH with bytes of the upload's content, at an offset that may be wrong. */
export function appendChunk(upload: Upload, chunk: Chunk): Call {
  const { session, low, high } = upload;
  const { start, end } = chunk;
  const isInOrder = !chunk.isNamed || (start >= low && start <= high);
  const mayBeOutOfOrder = chunk.isNamed && (low !== high || !isInOrder);
  return {
    text: `append ${chunkText(chunk)} to ${session} at ${low} to ${high}`,
    sending: { ...sendingOf(upload, chunk), method: 'PATCH', path: upload.location },
    outcomes(state) {
      if (!state.sessions.has(session)) return [unchanged(state, UNKNOWN)];
      return [
        ...(isInOrder ? [unchanged(state, `202 0-${Math.max(end - 1, 0)}`)] : []),
        ...(mayBeOutOfOrder ? [unchanged(state, OUT_OF_ORDER)] : []),
      ];
    },
    read: (answer) => (answer.status === 202 ? `202 ${answer.headers.range}` : statusText(answer, 'PATCH')),
  };
}

/** PATCH whose Content-Range names more bytes than it has: known from Content-Length, or only when the stream ends. */
export function appendTooFew(upload: Upload, chunk: Chunk): Call {
  const range = `${chunk.start}-${chunk.end + 9}`;
  return {
    text: `append ${chunkText(chunk)} called ${range} to ${upload.session}`,
    sending: {
      ...sendingOf(upload, chunk),
      method: 'PATCH',
      path: upload.location,
      headers: { 'content-range': range },
    },
    outcomes: (state) => [unchanged(state, state.sessions.has(upload.session) ? '400 SIZE_INVALID' : UNKNOWN)],
    read: (answer) => statusText(answer, 'PATCH'),
  };
}

/** PUT, with the last bytes if there are any left, under a digest that may be another's. */
export function finishUpload(upload: Upload, chunk: Chunk | undefined, digest: Digest = upload.digest): Call {
  const { session, repository } = upload;
  const rest = chunk === undefined ? {} : sendingOf(upload, chunk);
  return {
    text: `finish ${session} ${chunk === undefined ? '' : `with ${chunkText(chunk)}`} as ${short(digest)}`,
    needs: [{ repository, digest }],
    tellsOf: { repository, digest },
    sending: { ...rest, method: 'PUT', path: `${upload.location}?digest=${digest}` },
    outcomes(state) {
      if (!state.sessions.has(session))
        return [unchanged(state, holdsBlob(state, repository, digest) ? '201' : UNKNOWN)];
      const next = withoutSession(state, session);
      if (digest !== upload.digest) return [{ answer: '400 DIGEST_INVALID', next }];
      return [{ answer: '201', next: linkBlob(next, repository, digest) }];
    },
    read: (answer) => statusText(answer, 'PUT'),
  };
}

/** PUT when one before may have been refused after the bytes had become a blob: then nothing is left of them. */
export function finishPerhapsEmpty(upload: Upload): Call {
  const call = finishUpload(upload, undefined);
  const lost = (state: State): Outcome[] =>
    state.sessions.has(upload.session)
      ? [{ answer: '400 DIGEST_INVALID', next: withoutSession(state, upload.session) }]
      : [];
  return { ...call, outcomes: (state) => [...call.outcomes(state), ...lost(state)] };
}

/** DELETE. */
export function cancelUpload({ session, location }: Upload): Call {
  return {
    text: `cancel ${session}`,
    sending: { method: 'DELETE', path: location },
    outcomes(state: State) {
      return [
        state.sessions.has(session)
          ? { answer: '204', next: withoutSession(state, session) }
          : unchanged(state, UNKNOWN),
      ];
    },
    read: (answer) => statusText(answer, 'DELETE'),
  };
}

function sendingOf(
  { content }: Upload,
  chunk: Chunk,
): { body: Buffer; isStreamed: boolean; headers: Record<string, string> } {
  const body = content.bytes.subarray(chunk.start, chunk.end);
  const headers = chunk.isNamed && body.length > 0 ? { 'content-range': `${chunk.start}-${chunk.end - 1}` } : {};
  return { body, isStreamed: chunk.isStreamed, headers: { 'content-type': 'application/octet-stream', ...headers } };
}

function chunkText({ start, end, isNamed, isStreamed }: Chunk): string {
  return `${start}-${end}${isNamed ? ' by name' : ''}${isStreamed ? ' streamed' : ''}`;
}
