/** The requests of clients of registries, as bytes. */
import type { RawRequest } from './http-connection.ts';

/** What every request of a client carries. */
export interface Client {
  /** `Host`, and where the server is. */
  readonly port: number;
  /** The value of `Authorization`; undefined: none. */
  readonly authorization: string | undefined;
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** A request without a body. */
export function ask(client: Client, method: 'GET' | 'HEAD' | 'POST', path: string, more: string[] = []): RawRequest {
  const length = method === 'POST' ? ['Content-Length: 0'] : [`Accept: ${MANIFEST_TYPES}`];
  return { head: headOf(client, method, path, [...length, ...more]), isHead: method === 'HEAD' };
}

/** A request with a body whose length is known. */
export function send(
  client: Client,
  method: 'PUT' | 'PATCH' | 'POST',
  path: string,
  type: string,
  pieces: readonly Buffer[],
): RawRequest {
  const length = pieces.reduce((total, piece) => total + piece.length, 0);
  const head = headOf(client, method, path, [`Content-Type: ${type}`, `Content-Length: ${length}`]);
  // What is small goes out in one piece, as it would from any client.
  return length <= 64 * 1024 ? { head: Buffer.concat([head, ...pieces]) } : { head, body: pieces };
}

function headOf({ port, authorization }: Client, method: string, path: string, headers: readonly string[]): Buffer {
  const login = authorization === undefined ? [] : [`Authorization: ${authorization}`];
  return Buffer.from(
    `${[`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...login, ...headers].join('\r\n')}\r\n\r\n`,
  );
}

/** The path of a `Location`, whether it is absolute or not, with a digest added. */
export function locationPath(location: string | undefined, digest?: string): string {
  const url = new URL(location ?? '', 'http://127.0.0.1');
  if (digest !== undefined) url.searchParams.set('digest', digest);
  return url.pathname + url.search;
}
