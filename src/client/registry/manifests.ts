/** Manifests of a registry: read whole and checked, stored, removed. */
import type { StoredManifest } from '../../copy/image-source.ts';
import { DevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, algorithmOf, digestOf, parseDigest } from '../../oci/digest.ts';
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_INDEX,
  OCI_MANIFEST,
  isSchema1,
  withoutParameters,
} from '../../oci/media-types.ts';
import { discardBody, readBody } from './answer-body.ts';
import type { Answer } from './answer.ts';
import { contentWrong } from './content-wrong.ts';
import { deleteNeed, pullNeed, pushNeed } from './needs.ts';
import { imageNotFound } from './not-found.ts';
import type { SentManifest } from './registry-client.ts';
import type { Session } from './session.ts';

/** Larger than any registry takes; those with thousands of entries have a few megabytes. */
const MANIFEST_MAX_BYTES = 8 * 1024 * 1024;

const ACCEPT = [OCI_INDEX, DOCKER_MANIFEST_LIST, OCI_MANIFEST, DOCKER_MANIFEST, '*/*'].join(', ');

/** Looks for a manifest. @returns undefined when it is not there */
export async function headManifest(
  session: Session,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<Descriptor | undefined> {
  const need = pullNeed(repository);
  const path = manifestPath(repository, reference);
  const answer = await session.ask({ method: 'HEAD', path, need, headers: { accept: ACCEPT }, follows: true }, signal);
  discardBody(answer);
  if (answer.statusCode === 404) return undefined;
  if (answer.statusCode !== 200) throw await session.failure(answer, `to tell of ${repository}`, need);
  const digest = parseDigest(String(answer.headers['docker-content-digest'] ?? ''));
  const size = Number(answer.headers['content-length'] ?? NaN);
  if (digest !== undefined && Number.isSafeInteger(size)) return { mediaType: mediaTypeOf(answer), digest, size };
  // A registry that does not say it in the header says it in the body.
  const manifest = await getManifest(session, repository, reference, signal);
  return { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length };
}

/** Reads a manifest. @throws DevregError IMAGE_NOT_FOUND, CONTENT_WRONG, ANSWER_TOO_LARGE, SCHEMA1_UNSUPPORTED */
export async function getManifest(
  session: Session,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<StoredManifest> {
  const need = pullNeed(repository);
  const path = manifestPath(repository, reference);
  for (let tried = 0; ; tried++) {
    const answer = await session.ask({ method: 'GET', path, need, headers: { accept: ACCEPT }, follows: true }, signal);
    if (answer.statusCode === 404) {
      discardBody(answer);
      throw imageNotFound(session.host, repository, reference);
    }
    if (answer.statusCode !== 200) throw await session.failure(answer, `to give ${repository}`, need);
    try {
      const bytes = await readBody(answer, MANIFEST_MAX_BYTES, 'manifest');
      return checked(session.host, repository, reference, answer, bytes);
    } catch (error) {
      signal.throwIfAborted();
      if (tried >= session.retries.times || !session.isPassing(error)) throw session.translate(error);
      await session.retries.pause(tried, signal);
    }
  }
}

function checked(host: string, repository: string, reference: string, answer: Answer, bytes: Buffer): StoredManifest {
  const mediaType = mediaTypeOf(answer);
  if (isSchema1(mediaType)) {
    throw new DevregError('failure', 'SCHEMA1_UNSUPPORTED', `${host}/${repository} is an image in Docker's schema 1.`, {
      hint: 'Push it again with a client of this decade.',
    });
  }
  const wanted = parseDigest(reference);
  const said = parseDigest(String(answer.headers['docker-content-digest'] ?? ''));
  const digest = digestOf(bytes, wanted === undefined ? undefined : algorithmOf(wanted));
  const isSaid = said === undefined || said === digestOf(bytes, algorithmOf(said));
  if ((wanted !== undefined && wanted !== digest) || !isSaid) {
    throw contentWrong(`The manifest of ${host}/${repository} (${reference})`, 'is not what its digest says');
  }
  return { bytes, mediaType, digest };
}

/** Stores a manifest. @returns its digest, and whether the registry lists it with its subject's referrers */
export async function putManifest(
  session: Session,
  repository: string,
  reference: string,
  { bytes, mediaType }: SentManifest,
  signal: AbortSignal,
): Promise<{ readonly digest: Digest; readonly knowsSubject: boolean }> {
  const need = pushNeed(repository);
  const path = manifestPath(repository, reference);
  const headers = { 'content-type': mediaType, 'content-length': bytes.length };
  const answer = await session.ask({ method: 'PUT', path, need, headers, body: bytes }, signal);
  if (answer.statusCode !== 201 && answer.statusCode !== 200) {
    throw await session.failure(answer, `to take the manifest of ${repository}`, need);
  }
  discardBody(answer);
  const said = parseDigest(String(answer.headers['docker-content-digest'] ?? ''));
  const wanted = parseDigest(reference) ?? said;
  const digest = digestOf(bytes, wanted === undefined ? undefined : algorithmOf(wanted));
  if (said !== undefined && said !== digest) {
    throw contentWrong(`The manifest of ${session.host}/${repository} (${reference})`, 'was stored as another one');
  }
  return { digest, knowsSubject: answer.headers['oci-subject'] !== undefined };
}

/** Removes a manifest or a tag. @throws DevregError IMAGE_NOT_FOUND, DELETE_UNSUPPORTED */
export async function deleteManifest(
  session: Session,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<void> {
  const need = deleteNeed(repository);
  const answer = await session.ask({ method: 'DELETE', path: manifestPath(repository, reference), need }, signal);
  const status = answer.statusCode ?? 0;
  if (status !== 404 && status !== 405 && status >= 300) {
    throw await session.failure(answer, `to delete from ${repository}`, need);
  }
  discardBody(answer);
  if (status === 404) throw imageNotFound(session.host, repository, reference);
  if (status === 405) {
    throw new DevregError('failure', 'DELETE_UNSUPPORTED', `The registry at ${session.host} does not delete.`, {
      hint: 'Distribution needs REGISTRY_STORAGE_DELETE_ENABLED=true; many registries delete by digest only.',
    });
  }
}

function mediaTypeOf(answer: Answer): string {
  return withoutParameters(answer.headers['content-type'] ?? '');
}

function manifestPath(repository: string, reference: string): string {
  return `/v2/${repository}/manifests/${encodeURIComponent(reference).replaceAll('%3A', ':')}`;
}
