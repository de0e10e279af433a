/** Fills a registry with many tags, repositories and referrers, by pushing. */
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { type Blob, makeBlob } from './content.ts';
import { type HttpConnection, openConnection } from './http-connection.ts';
import { pushBlob, putManifest } from './pushes.ts';
import { type Client, ask } from './requests.ts';

const WORKERS = 8;
/** Of one manifest, however many others have some. */
const REFERRERS = 10;

/**
 * Fills.
 * @param count of tags in the repository `many`, of repositories below `each/`, and of referrers
 * @returns the digest of a manifest with ten referrers
 */
export async function fill(client: Client, count: number): Promise<string> {
  const config = makeBlob(64);
  const manifest = manifestOf(config, {});
  const subject = digestOf(manifest);
  await repeat(client, 1, async (_, connection) => {
    await pushBlob(connection, client, 'many', config, 'put');
    await putManifest(connection, client, 'many', manifest, 'latest');
  });
  await repeat(client, count, async (index, connection) => {
    await putManifest(connection, client, 'many', manifest, `t${pad(index)}`);
    const referred = index < REFERRERS ? subject : digestOf(`subject ${index}`);
    const referrer = manifestOf(config, { subject: { mediaType: OCI_MANIFEST, digest: referred, size: 1_000 }, index });
    await putManifest(connection, client, 'many', referrer, digestOf(referrer));
    const repository = `each/r${pad(index)}`;
    await connection.send(ask(client, 'POST', `/v2/${repository}/blobs/uploads/?mount=${config.digest}&from=many`));
    await putManifest(connection, client, repository, manifest, 'latest');
  });
  return subject;
}

/** So many digits that the names sort as the numbers do. */
function pad(index: number): string {
  return String(index).padStart(6, '0');
}

function manifestOf(config: Blob, more: { readonly subject?: object; readonly index?: number }): Buffer {
  const { subject, index } = more;
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: 'application/x-note',
    config: { mediaType: 'application/x-note', digest: config.digest, size: config.size },
    layers: [],
    ...(subject === undefined ? {} : { subject }),
    ...(index === undefined ? {} : { annotations: { index: String(index) } }),
  });
  return Buffer.from(text);
}

async function repeat(
  { port }: Client,
  count: number,
  work: (index: number, connection: HttpConnection) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    using connection = await openConnection(port);
    for (let index = next++; index < count; index = next++) await work(index, connection);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}
