/** Blobs of a registry: looked for, and read from any place on. */
import { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, algorithmOf, digestOf } from '../../oci/digest.ts';
import { closedEarly } from '../connection-failure.ts';
import { discardBody } from './answer-body.ts';
import type { Answer } from './answer.ts';
import { BlobStream } from './blob-stream.ts';
import { contentWrong } from './content-wrong.ts';
import { pullNeed } from './needs.ts';
import { imageNotFound } from './not-found.ts';
import type { Session } from './session.ts';

/** Whether a repository has a blob. */
export async function hasBlob(
  session: Session,
  repository: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<boolean> {
  const need = pullNeed(repository);
  const path = blobPath(repository, digest);
  const answer = await session.ask({ method: 'HEAD', path, need, follows: true }, signal);
  if (answer.statusCode === 200 || answer.statusCode === 404) {
    discardBody(answer);
    return answer.statusCode === 200;
  }
  throw await session.failure(answer, `to tell of ${repository}`, need);
}

/** Opens a blob. @throws DevregError IMAGE_NOT_FOUND, CONTENT_WRONG; the stream CONTENT_WRONG, REGISTRY_UNREACHABLE */
export async function openBlob(
  session: Session,
  repository: string,
  blob: Descriptor,
  signal: AbortSignal,
  offset = 0,
): Promise<Readable> {
  const name = `${session.host}/${repository}@${blob.digest}`;
  if (blob.size === 0 && blob.digest !== digestOf('', algorithmOf(blob.digest))) {
    throw contentWrong(name, 'is not what its digest says');
  }
  if (offset >= blob.size) return Readable.from([]);
  const open = (position: number) => openAt(session, repository, blob, position, signal);
  const recover = async (error: unknown, attempt: number) => {
    signal.throwIfAborted();
    if (attempt >= session.retries.times || !session.isPassing(error)) throw session.translate(error);
    await session.retries.pause(attempt, signal);
  };
  return new BlobStream(blob, { name, open, recover }, await open(offset), offset);
}

async function openAt(
  session: Session,
  repository: string,
  { digest, size }: Descriptor,
  offset: number,
  signal: AbortSignal,
): Promise<Answer> {
  const need = pullNeed(repository);
  const path = blobPath(repository, digest);
  const headers = { 'accept-encoding': 'identity', ...(offset === 0 ? {} : { range: `bytes=${offset}-` }) };
  // Registries need not know ranges.
  const answer = await session.ask({ method: 'GET', path, need, headers, follows: true, length: size }, signal);
  const status = answer.statusCode ?? 0;
  const name = `${session.host}/${repository}@${digest}`;
  if (status === 404) {
    discardBody(answer);
    throw imageNotFound(session.host, repository, digest);
  }
  if (status === 206 && offset > 0 && firstByte(answer) === offset) return answer;
  if (status !== 200) {
    if (status >= 400 && status !== 416) throw await session.failure(answer, `to give ${repository}`, need);
    answer.destroy();
    throw contentWrong(name, 'does not come from where it was asked for');
  }
  const said = Number(answer.headers['content-length'] ?? size);
  if (said !== size || answer.headers['content-encoding'] !== undefined) {
    answer.destroy();
    throw contentWrong(name, `comes with ${said} bytes in place of ${size}`);
  }
  await skip(answer, offset).catch((error: unknown) => {
    throw session.translate(error);
  });
  return answer;
}

/** Registries need not know ranges: what is there already comes once more. */
async function skip(answer: Answer, count: number): Promise<void> {
  for (let left = count; left > 0;) {
    const chunk: unknown = answer.read(Math.min(left, answer.readableLength || left));
    if (chunk instanceof Buffer) left -= chunk.length;
    else await readable(answer);
  }
}

function readable(answer: Answer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const close = () => reject(closedEarly());
  answer.once('readable', resolve).once('error', reject).once('close', close);
  return promise.finally(() => answer.off('readable', resolve).off('error', reject).off('close', close));
}

function firstByte(answer: Answer): number | undefined {
  const [, first] = /^bytes (\d+)-\d+\//.exec(answer.headers['content-range'] ?? '') ?? [];
  return first === undefined ? undefined : Number(first);
}

/** Where a blob is. */
function blobPath(repository: string, digest: Digest): string {
  return `/v2/${repository}/blobs/${digest}`;
}
