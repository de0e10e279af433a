/** Uploads as registries keep them: begun, asked how far they are, added to, finished, called off. */
import type { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { discardBody } from './answer-body.ts';
import type { Answer } from './answer.ts';
import type { Need } from './authorizer.ts';
import { pushNeed } from './needs.ts';
import type { Session } from './session.ts';

/** An upload that a registry keeps. */
export interface OpenUpload {
  /** Where to go on: a path, or a whole address. */
  readonly location: string;
  readonly need: Need;
}

/** A registry that has all bytes may write and hash for long before it answers. */
export const FINISH_SILENCE_MS = 15 * 60_000;

/** What bytes are sent as. */
export const OCTETS = { 'content-type': 'application/octet-stream' };

/**
 * Begins an upload.
 * @param mount what the registry may take over from another repository instead; it may look for it itself
 * @returns undefined when it took it over
 */
export async function beginUpload(
  session: Session,
  repository: string,
  mount: { readonly digest: Digest; readonly from: string | undefined } | undefined,
  signal: AbortSignal,
): Promise<OpenUpload | undefined> {
  const need = pushNeed(repository, mount?.from);
  const path = `/v2/${repository}/blobs/uploads/${mountQuery(mount)}`;
  const answer = await session.ask({ method: 'POST', path, need, headers: { 'content-length': 0 } }, signal);
  if (answer.statusCode === 201 && mount !== undefined) {
    discardBody(answer);
    return undefined;
  }
  if (answer.statusCode !== 202) throw await session.failure(answer, `to take content of ${repository}`, need);
  discardBody(answer);
  return { location: locationOf(answer, path), need };
}

function mountQuery(mount: { readonly digest: Digest; readonly from: string | undefined } | undefined): string {
  if (mount === undefined) return '';
  const { digest, from } = mount;
  return `?${new URLSearchParams({ mount: digest, ...(from === undefined ? {} : { from }) }).toString()}`;
}

/** How many bytes the registry has. @returns undefined when it has forgotten the upload */
export async function readProgress(
  session: Session,
  { location, need }: OpenUpload,
  signal: AbortSignal,
): Promise<{ readonly upload: OpenUpload; readonly offset: number } | undefined> {
  const answer = await session.ask({ method: 'GET', path: location, need }, signal);
  discardBody(answer);
  if (answer.statusCode !== 204 && answer.statusCode !== 202) return undefined;
  return { upload: { location: locationOf(answer, location), need }, offset: offsetOf(answer) };
}

/** Sends bytes, as the next ones. @returns the answer, whatever it says */
export function sendChunk(
  session: Session,
  { location, need }: OpenUpload,
  body: Readable,
  { offset, length }: { readonly offset: number; readonly length: number },
  signal: AbortSignal,
): Promise<Answer> {
  const headers = { ...OCTETS, 'content-length': length, 'content-range': `${offset}-${offset + length - 1}` };
  return session.ask({ method: 'PATCH', path: location, need, headers, body }, signal);
}

/** Sends all bytes and finishes. @returns the answer, whatever it says */
export function sendWhole(
  session: Session,
  { location, need }: OpenUpload,
  body: Readable,
  { digest, size }: Descriptor,
  signal: AbortSignal,
): Promise<Answer> {
  const headers = { ...OCTETS, 'content-length': size };
  const path = withDigest(location, digest);
  return session.ask({ method: 'PUT', path, need, headers, body, silence: FINISH_SILENCE_MS }, signal);
}

/** Finishes what all bytes were sent of. @returns the answer, whatever it says */
export function finishUpload(
  session: Session,
  { location, need }: OpenUpload,
  digest: Digest,
  signal: AbortSignal,
): Promise<Answer> {
  const headers = { ...OCTETS, 'content-length': 0 };
  const path = withDigest(location, digest);
  return session.ask({ method: 'PUT', path, need, headers, silence: FINISH_SILENCE_MS }, signal);
}

/** Calls it off. Registries forget by themselves what is left, so a failure of this does not matter. */
export async function cancelUpload(session: Session, { location, need }: OpenUpload): Promise<void> {
  const signal = AbortSignal.timeout(CANCEL_MS);
  await session.ask({ method: 'DELETE', path: location, need }, signal).then(discardBody, () => {});
}

const CANCEL_MS = 2_000;

/** Where to go on after an answer; relative to what was asked. */
export function locationOf(answer: Answer, asked: string): string {
  const location = answer.headers.location;
  if (location === undefined) return asked;
  if (URL.canParse(location)) return location;
  const { pathname, search } = new URL(location, new URL(asked, 'http://registry.invalid'));
  return `${pathname}${search}`;
}

/** `Range: 0-99` is a hundred bytes; `0-0`, and nothing, are taken for none: who has one byte gets it again. */
function offsetOf(answer: Answer): number {
  const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers['range'] ?? '') ?? [];
  return last === undefined || last === '0' ? 0 : Number(last) + 1;
}

function withDigest(location: string, digest: Digest): string {
  return `${location}${location.includes('?') ? '&' : '?'}${new URLSearchParams({ digest }).toString()}`;
}
