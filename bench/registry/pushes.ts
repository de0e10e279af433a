/** Pushing as clients do, and reading back to see that the right bytes are there. */
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import type { Blob, Image } from './content.ts';
import { type HttpConnection, type Reply, openConnection } from './http-connection.ts';
import { type Client, ask, locationPath, send } from './requests.ts';
import type { Server } from './servers.ts';

const BYTES = 'application/octet-stream';

/** Pushes a blob by POST and PUT, or by POST, PATCH and PUT. @throws Error when the server does not take it */
export async function pushBlob(
  connection: HttpConnection,
  client: Client,
  repository: string,
  { digest, pieces }: Blob,
  manner: 'put' | 'patch',
): Promise<void> {
  const opened = await connection.send(ask(client, 'POST', `/v2/${repository}/blobs/uploads/`));
  expectStatus(opened, 202);
  let location = opened.headers.get('location');
  if (manner === 'patch') {
    const patched = await connection.send(send(client, 'PATCH', locationPath(location), BYTES, pieces));
    expectStatus(patched, 202);
    location = patched.headers.get('location');
  }
  const body = manner === 'put' ? pieces : [];
  expectStatus(await connection.send(send(client, 'PUT', locationPath(location, digest), BYTES, body)), 201);
}

/** Pushes an image: every blob, then the manifest by a tag. @throws Error when the server does not take it */
export async function pushImage(
  connection: HttpConnection,
  client: Client,
  repository: string,
  { blobs, manifest }: Image,
  tag: string,
): Promise<void> {
  for (const blob of blobs) await pushBlob(connection, client, repository, blob, 'put');
  await putManifest(connection, client, repository, manifest, tag);
}

/** Puts a manifest. @throws Error when the server does not take it */
export async function putManifest(
  connection: HttpConnection,
  client: Client,
  repository: string,
  manifest: Buffer,
  reference: string,
): Promise<void> {
  const path = `/v2/${repository}/manifests/${reference}`;
  expectStatus(await connection.send(send(client, 'PUT', path, OCI_MANIFEST, [manifest])), 201);
}

function expectStatus({ status, body }: Reply, expected: number): void {
  if (status !== expected) throw new Error(`The server answered ${status} instead of ${expected}. ${body.toString()}`);
}

/** Whether a blob comes back as it was pushed. */
export async function verifyBlob(
  connection: HttpConnection,
  client: Client,
  repository: string,
  { digest }: Blob,
): Promise<boolean> {
  const request = ask(client, 'GET', `/v2/${repository}/blobs/${digest}`);
  const { status, body } = await connection.send({ ...request, keepsBody: true });
  return status === 200 && digestOf(body) === digest;
}

/** Whether what a path answers with is what its digest says: by the body, or for HEAD by asking again with GET. */
export async function verifyReply(server: Server, method: string, path: string, first: Reply): Promise<boolean> {
  if (path.includes('/tags/list')) return (JSON.parse(first.body.toString()) as { tags: unknown[] }).tags.length >= 100;
  using connection = await openConnection(server.client.port);
  const whole =
    method === 'GET' ? first : await connection.send({ ...ask(server.client, 'GET', path), keepsBody: true });
  const digest = first.headers.get('docker-content-digest') ?? path.slice(path.lastIndexOf('/') + 1);
  return whole.status === 200 && digestOf(whole.body) === digest;
}
