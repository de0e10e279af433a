/** A tiny image, pushed and pulled with nothing but fetch. */
import { createHash } from 'node:crypto';

/** Where to push, and as whom. */
export interface Target {
  /** Such as `http://localhost:5001`. */
  readonly url: string;
  readonly authorization?: string;
}

const CONFIG = '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}';

/** The Authorization header of a user. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** @returns the status of the last answer: 201 when the image was pushed */
export async function pushImage({ url, authorization }: Target, image: string): Promise<number> {
  const headers = authorization === undefined ? {} : { authorization };
  const digest = `sha256:${createHash('sha256').update(CONFIG).digest('hex')}`;
  const begun = await fetch(`${url}/v2/${image}/blobs/uploads/?digest=${digest}`, {
    method: 'POST',
    headers,
    body: CONFIG,
  });
  if (begun.status !== 201) return begun.status;
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: CONFIG.length };
  const body = JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [] });
  const put = await fetch(`${url}/v2/${image}/manifests/latest`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': type },
    body,
  });
  return put.status;
}

/** @returns the names of all images, as nobody in particular sees them */
export async function listImages({ url }: Target): Promise<unknown> {
  return (await fetch(`${url}/v2/_catalog`)).json();
}
