/** Pushes: blobs in every way there is, manifests after what they need, or without. */
import type { Digest } from '../../../src/oci/digest.ts';
import { headBlob, mountBlob, postBlob } from '../calls/blob-calls.ts';
import { putManifest, putWrongManifest } from '../calls/manifest-calls.ts';
import { type Client, begin, remember } from '../client/client.ts';
import type { BlobContent } from '../contents/blob-content.ts';
import type { ManifestContent } from '../contents/manifest-content.ts';
import { appendUpTo, finish } from './uploading.ts';

/** Pushes a blob the way some client would. */
export async function pushBlob(client: Client, repository: string, blob: BlobContent, digest: Digest): Promise<void> {
  const way = client.random.pick([uploadBlob, uploadBlob, uploadUnlessThere, pushAtOnce, mountOrUpload]);
  await way(client, repository, blob, digest);
}

/** POST, perhaps some PATCH, PUT. */
async function uploadBlob(client: Client, repository: string, blob: BlobContent, digest: Digest): Promise<void> {
  const upload = await begin(client, repository, blob, digest);
  if (client.random.chance(0.6)) await appendUpTo(client, upload, client.random.below(blob.bytes.length + 1));
  await finish(client, upload);
}

async function uploadUnlessThere(client: Client, repository: string, blob: BlobContent, digest: Digest): Promise<void> {
  const { text } = await client.perform(headBlob(repository, digest, blob));
  if (text === '404') await uploadBlob(client, repository, blob, digest);
}

async function pushAtOnce(client: Client, repository: string, blob: BlobContent, digest: Digest): Promise<void> {
  await client.perform(postBlob(repository, digest, blob));
}

async function mountOrUpload(client: Client, repository: string, blob: BlobContent, digest: Digest): Promise<void> {
  const from = client.random.chance(0.3) ? undefined : client.random.pick(client.contents.repositories);
  const session = client.nameSession();
  const { text, answer } = await client.perform(mountBlob(repository, digest, from, session));
  if (text !== '202') return;
  const upload = remember(client, {
    session,
    repository,
    content: blob,
    digest,
    location: String(answer.headers.location),
  });
  if (client.random.chance(0.8)) await finish(client, upload);
}

/** A single POST whose bytes are not the digest's. */
export async function pushWrongBlob(client: Client): Promise<void> {
  const { random, contents } = client;
  const blob = random.pick(contents.blobs);
  const wrong = Buffer.concat([blob.bytes, Buffer.from('!')]);
  await client.perform(postBlob(random.pick(contents.repositories), random.pick(blob.digests), blob, wrong));
}

/** Pushes what a manifest references, then the manifest. */
export async function pushWhole(client: Client, repository: string, content: ManifestContent): Promise<void> {
  for (const { digest, optional } of content.references) {
    const blob = client.contents.blob(digest);
    const child = client.contents.manifests.find(({ digests }) => digests.includes(digest));
    if (optional) continue;
    if (child !== undefined && (blob === undefined || client.random.chance(0.7)))
      await pushChild(client, repository, child);
    else if (blob !== undefined) await pushBlob(client, repository, blob, digest);
  }
  await pushManifest(client, repository, content);
}

/** Pushes a manifest by its digest, after its blobs. */
export async function pushChild(client: Client, repository: string, content: ManifestContent): Promise<void> {
  for (const { digest, optional } of content.references) {
    const blob = client.contents.blob(digest);
    if (blob !== undefined && !optional) await pushBlob(client, repository, blob, digest);
  }
  const push = { content, digest: content.digests[0], type: content.types[0], tag: undefined, tags: [] };
  await client.perform(putManifest(repository, push));
}

/** Pushes a manifest alone: by digest or tag, with further tags, as any type it may be. */
export async function pushManifest(client: Client, repository: string, content: ManifestContent): Promise<void> {
  const { random, contents } = client;
  const isByTag = random.chance(0.6);
  const push = {
    content,
    digest: isByTag ? content.digests[0] : random.pick(content.digests),
    type: random.pick(content.types),
    tag: isByTag ? random.pick(contents.tags) : undefined,
    tags: random.chance(0.4) ? random.some(contents.tags, 0.6) : [],
  };
  await client.perform(putManifest(repository, push));
}

/** A manifest under the digest of another. */
export async function pushWrongManifest(client: Client): Promise<void> {
  const { random, contents } = client;
  const content = random.pick(contents.manifests);
  await client.perform(putWrongManifest(random.pick(contents.repositories), content, random.pick(content.digests)));
}
