/** Sends a blob: whole when that works, else piece by piece from where the registry has it. */
import type { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.ts';
import { discardBody } from './answer-body.ts';
import type { Answer } from './answer.ts';
import { hasBlob } from './blobs.ts';
import { contentWrong } from './content-wrong.ts';
import { isPassingStatus, parseRetryAfter } from './retry.ts';
import type { Session } from './session.ts';
import { pieceOf } from './stream-piece.ts';
import {
  type OpenUpload,
  beginUpload,
  cancelUpload,
  finishUpload,
  locationOf,
  readProgress,
  sendChunk,
  sendWhole,
} from './upload-session.ts';

/** The longest pieces that are tried, one after the other, when a proxy takes no more at once. */
const PIECES: readonly number[] = [Number.MAX_SAFE_INTEGER, 64 * 1024 * 1024, 8 * 1024 * 1024, 1_000_000];

/** Bytes after which failures before are forgotten. */
const PROGRESS_BYTES = 1024 * 1024;

/** What is known of an upload that is under way. */
interface Progress {
  upload: OpenUpload;
  offset: number;
  /** Whether the whole is still to be tried in one request. */
  isWhole: boolean;
  /** Into `PIECES`. */
  piece: number;
  attempts: number;
}

/**
 * Sends a blob that is not there yet.
 * @param begun an upload that was begun for it
 * @throws DevregError CONTENT_WRONG, REGISTRY_UNREACHABLE and so on; what `open` and its streams fail with
 */
export async function uploadBlob(
  session: Session,
  repository: string,
  blob: Descriptor,
  open: (offset: number) => Promise<Readable>,
  begun: OpenUpload,
  signal: AbortSignal,
): Promise<void> {
  const progress: Progress = { upload: begun, offset: 0, isWhole: true, piece: 0, attempts: 0 };
  try {
    while (!(await sendSome(session, repository, blob, open, progress, signal))) signal.throwIfAborted();
  } catch (error) {
    await cancelUpload(session, progress.upload);
    throw error;
  }
}

/** One request. @returns whether the blob is there now */
async function sendSome(
  session: Session,
  repository: string,
  blob: Descriptor,
  open: (offset: number) => Promise<Readable>,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  const { offset, isWhole } = progress;
  const length = isWhole ? blob.size : Math.min(blob.size - offset, PIECES[progress.piece] ?? 0);
  const isLast = isWhole || length === 0;
  const body = isLast && !isWhole ? undefined : await openPiece(blob, open, isWhole ? 0 : offset, length);
  try {
    const answer = await sendPiece(session, blob, progress, body, length, signal);
    const status = answer.statusCode ?? 0;
    if (status === (isLast ? 201 : 202)) {
      discardBody(answer);
      if (isLast) return true;
      progress.upload = { ...progress.upload, location: locationOf(answer, progress.upload.location) };
      progress.offset = offset + length;
      progress.attempts = 0;
      return false;
    }
    await recoverFromAnswer(session, repository, blob, answer, progress, signal);
  } catch (error) {
    signal.throwIfAborted();
    // What it was read from has its own patience, and an answer that was understood is one.
    if (body?.errored === error || !session.isPassing(error)) throw error;
    if (progress.attempts >= session.retries.times) throw session.translate(error);
    await session.retries.pause(progress.attempts++, signal);
  } finally {
    body?.destroy();
  }
  return resume(session, repository, blob, progress, signal);
}

async function openPiece(
  blob: Descriptor,
  open: (offset: number) => Promise<Readable>,
  offset: number,
  length: number,
): Promise<Readable> {
  const rest = await open(offset);
  return offset + length === blob.size ? rest : pieceOf(rest, length);
}

function sendPiece(
  session: Session,
  blob: Descriptor,
  { upload, offset, isWhole }: Progress,
  body: Readable | undefined,
  length: number,
  signal: AbortSignal,
): Promise<Answer> {
  if (body === undefined) return finishUpload(session, upload, blob.digest, signal);
  if (isWhole) return sendWhole(session, upload, body, blob, signal);
  return sendChunk(session, upload, body, { offset, length }, signal);
}

/** What no other try would change is thrown. */
async function recoverFromAnswer(
  session: Session,
  repository: string,
  blob: Descriptor,
  answer: Answer,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const status = answer.statusCode ?? 0;
  const isTooLong = status === 413 && progress.piece + 1 < PIECES.length;
  // A login that ended on the way, an upload that the registry forgot, or a place in it that it does not have.
  const isOutOfStep = [401, 404, 416].includes(status);
  if (!isTooLong && ((!isPassingStatus(status) && !isOutOfStep) || progress.attempts >= session.retries.times)) {
    const failure = await session.failure(answer, `to take content of ${repository}`, progress.upload.need);
    if (status !== 400) throw failure;
    throw contentWrong(`${repository}@${blob.digest}`, `is refused by ${session.host}: ${failure.message}`, failure);
  }
  discardBody(answer);
  if (isTooLong) progress.piece++;
  else
    await session.retries.pause(
      progress.attempts++,
      signal,
      parseRetryAfter(answer.headers['retry-after'], new Date()),
    );
}

/** Finds out where the registry is. @returns whether it has the blob already */
async function resume(
  session: Session,
  repository: string,
  blob: Descriptor,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  progress.isWhole = false;
  const found = await readProgress(session, progress.upload, signal);
  if (found !== undefined && found.offset <= blob.size) {
    if (found.offset > progress.offset + PROGRESS_BYTES) progress.attempts = 0;
    Object.assign(progress, found);
    return false;
  }
  // The answer to the last request may be all that got lost.
  if (await hasBlob(session, repository, blob.digest, signal)) return true;
  const upload = await beginUpload(session, repository, undefined, signal);
  if (upload === undefined) return true;
  Object.assign(progress, { upload, offset: 0 });
  return false;
}
