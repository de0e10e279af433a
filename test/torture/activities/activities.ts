/** What clients do, each thing as often as its weight says. */
import { deleteBlob, getBlob, getRange, headBlob } from '../calls/blob-calls.ts';
import { listReferrers, listRepositories, listTags } from '../calls/list-calls.ts';
import { deleteManifest, getManifest } from '../calls/manifest-calls.ts';
import { type Client, begin } from '../client/client.ts';
import type { Upload } from '../client/upload.ts';
import {
  appendOutOfOrder,
  appendShort,
  breakConnection,
  finishAgain,
  finishAndCancel,
  finishWrong,
  takeOver,
} from './broken-uploads.ts';
import { pushAgain, pushWhileDeleting } from './contending.ts';
import { pushBlob, pushManifest, pushWhole, pushWrongBlob, pushWrongManifest } from './pushing.ts';
import { appendUpTo, cancel, finish } from './uploading.ts';

/** Something a client does in one or several requests. */
export interface Activity {
  readonly weight: number;
  readonly run: (client: Client) => Promise<unknown>;
}

/** A client with this many uploads ends one before it begins another. */
const UPLOADS_MAX = 4;

/** All of them. */
export const ACTIVITIES: readonly Activity[] = [
  {
    weight: 8,
    run: (client) => pushWhole(client, anyRepository(client), client.random.pick(client.contents.manifests)),
  },
  {
    weight: 6,
    run: (client) => pushManifest(client, anyRepository(client), client.random.pick(client.contents.manifests)),
  },
  {
    weight: 2,
    run: (client) => pushAgain(client, anyRepository(client), client.random.pick(client.contents.manifests)),
  },
  {
    weight: 2,
    run: (client) => pushWhileDeleting(client, anyRepository(client), client.random.pick(client.contents.manifests)),
  },
  { weight: 1, run: pushWrongManifest },
  { weight: 6, run: (client) => withBlob(client, (...blob) => pushBlob(client, ...blob)) },
  { weight: 1, run: pushWrongBlob },

  {
    weight: 4,
    run: (client) =>
      withUpload(client, (upload) => appendUpTo(client, upload, client.random.below(upload.content.bytes.length + 1))),
  },
  { weight: 4, run: (client) => withUpload(client, (upload) => finish(client, upload)) },
  { weight: 2, run: (client) => withUpload(client, (upload) => breakConnection(client, upload)) },
  { weight: 2, run: (client) => withUpload(client, (upload) => takeOver(client, upload)) },
  { weight: 2, run: (client) => withUpload(client, (upload) => finishAgain(client, upload)) },
  { weight: 1, run: (client) => withUpload(client, (upload) => finishAndCancel(client, upload)) },
  { weight: 1, run: (client) => withUpload(client, (upload) => appendOutOfOrder(client, upload)) },
  { weight: 1, run: (client) => withUpload(client, (upload) => appendShort(client, upload)) },
  { weight: 1, run: (client) => withUpload(client, (upload) => finishWrong(client, upload)) },
  { weight: 1, run: (client) => withUpload(client, (upload) => cancel(client, upload)) },

  {
    weight: 2,
    run: (client) => client.perform(deleteManifest(anyRepository(client), client.random.pick(client.contents.tags))),
  },
  { weight: 2, run: (client) => client.perform(deleteManifest(anyRepository(client), anyManifestDigest(client))) },
  {
    weight: 4,
    run: (client) => withBlob(client, (repository, _blob, digest) => client.perform(deleteBlob(repository, digest))),
  },

  { weight: 4, run: pullTags },
  { weight: 2, run: (client) => client.perform(getManifest(anyRepository(client), anyManifestDigest(client))) },
  {
    weight: 2,
    run: (client) => withBlob(client, (repository, blob, digest) => client.perform(headBlob(repository, digest, blob))),
  },
  {
    weight: 2,
    run: (client) => withBlob(client, (repository, _blob, digest) => client.perform(getBlob(repository, digest))),
  },
  { weight: 2, run: pullRange },
  { weight: 2, run: (client) => client.perform(listTags(anyRepository(client))) },
  { weight: 1, run: (client) => client.perform(listRepositories()) },
  {
    weight: 2,
    run: (client) => client.perform(listReferrers(anyRepository(client), client.random.pick(client.contents.subjects))),
  },
];

function anyRepository({ random, contents }: Client): string {
  return random.pick(contents.repositories);
}

function anyManifestDigest({ random, contents }: Client): string {
  return random.pick(random.pick(contents.manifests).digests);
}

type BlobPlace = [
  repository: string,
  ...(Parameters<typeof pushBlob> extends [unknown, unknown, ...infer Rest] ? Rest : never),
];

function withBlob<T>(client: Client, use: (...place: BlobPlace) => Promise<T>): Promise<T> {
  const blob = client.random.pick(client.contents.blobs);
  return use(anyRepository(client), blob, client.random.pick(blob.digests));
}

/** Goes on with an upload begun earlier, perhaps before the registry was killed, or begins one. */
async function withUpload(client: Client, use: (upload: Upload) => Promise<unknown>): Promise<void> {
  const { random, uploads } = client;
  const isOld = uploads.length > 0 && (uploads.length >= UPLOADS_MAX || random.chance(0.6));
  if (isOld) await use(random.pick(uploads));
  else await withBlob(client, async (repository, blob, digest) => use(await begin(client, repository, blob, digest)));
}

/** Reads tags one after the other, as someone who would notice if they did not move together. */
async function pullTags(client: Client): Promise<void> {
  const repository = anyRepository(client);
  const method = client.random.pick(['GET', 'HEAD'] as const);
  for (const tag of client.random.some(client.contents.tags, 0.6))
    await client.perform(getManifest(repository, tag, method));
}

async function pullRange(client: Client): Promise<void> {
  const { random } = client;
  await withBlob(client, async (repository, blob, digest) => {
    const size = blob.bytes.length;
    if (size === 0) return;
    const start = random.below(size);
    await client.perform(getRange(repository, digest, blob, start, start + 1 + random.below(size)));
  });
}
