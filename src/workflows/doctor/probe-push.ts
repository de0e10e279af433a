/** Puts the image of the self-test into a registry, reads it back, and takes it out again. */
import type { ProbeImage } from '../../image/probe-image.ts';
import { digestOf } from '../../oci/digest.ts';
import { OCI_MANIFEST } from '../../oci/media-types.ts';
import type { Door } from '../door.ts';
import { type RegistryAnswer, type RegistryRequest, requestRegistry } from './registry-request.ts';

/** Where the image goes, and who puts it there. */
export interface ProbePlace {
  readonly door: Door;
  readonly repository: string;
  readonly login: { readonly user: string; readonly password: string };
}

/**
 * Pushes an image by its digest: it needs no tag.
 * @throws Error with the registry's answer; the signal's reason when it aborts
 */
export async function pushProbe(
  place: ProbePlace,
  { blobs, manifest }: ProbeImage,
  signal: AbortSignal,
): Promise<void> {
  const { repository } = place;
  for (const { digest, bytes } of blobs) {
    const path = `/v2/${repository}/blobs/uploads/?digest=${encodeURIComponent(digest)}`;
    await ask(place, { method: 'POST', path, body: { type: 'application/octet-stream', bytes } }, 201, signal);
  }
  const body = { type: OCI_MANIFEST, bytes: manifest.bytes };
  await ask(place, { method: 'PUT', path: manifestPath(place, manifest.digest), body }, 201, signal);
}

/**
 * Reads the image back, as anybody does, or as the administrator where only they may.
 * @returns the digest of what came
 * @throws Error with the registry's answer; the signal's reason when it aborts
 */
export async function pullProbe(
  place: ProbePlace,
  { blobs, manifest }: ProbeImage,
  signal: AbortSignal,
): Promise<string> {
  const { repository } = place;
  for (const { digest } of blobs) {
    const { body } = await ask(place, { method: 'GET', path: `/v2/${repository}/blobs/${digest}` }, 200, signal);
    if (digestOf(body) !== digest) throw new Error(`the blob ${digest} comes back as ${digestOf(body)}`);
  }
  const question = { method: 'GET', path: manifestPath(place, manifest.digest), accept: OCI_MANIFEST };
  const { body } = await ask(place, question, 200, signal);
  return digestOf(body);
}

/**
 * Takes the image out.
 * @throws Error with the registry's answer; the signal's reason when it aborts
 */
export async function removeProbe(
  place: ProbePlace,
  { blobs, manifest }: ProbeImage,
  signal: AbortSignal,
): Promise<void> {
  const path = manifestPath(place, manifest.digest);
  await ask(place, { method: 'DELETE', path }, 202, signal);
  for (const { digest } of blobs)
    await ask(place, { method: 'DELETE', path: `/v2/${place.repository}/blobs/${digest}` }, 202, signal);
  await ask(place, { method: 'HEAD', path, accept: OCI_MANIFEST }, 404, signal);
}

function manifestPath({ repository }: ProbePlace, digest: string): string {
  return `/v2/${repository}/manifests/${digest}`;
}

async function ask(
  { door, login }: ProbePlace,
  request: Omit<RegistryRequest, 'login'>,
  wanted: number,
  signal: AbortSignal,
): Promise<RegistryAnswer> {
  const answer = await requestRegistry(door, { ...request, login }, signal);
  if (answer.status === wanted) return answer;
  const said = answer.body.toString().replaceAll(/\s+/g, ' ').trim().slice(0, 300);
  const what = `${request.method} ${request.path.replace(/\?.*/, '')}`;
  throw new Error(`${what} was answered with ${answer.status}${said === '' ? '' : ` ${said}`}`);
}
