/** Pushes and deletes of the same things, at once or one right after the other. */
import { deleteBlob } from '../calls/blob-calls.ts';
import { deleteManifest, getManifest, putManifest } from '../calls/manifest-calls.ts';
import type { Client } from '../client/client.ts';
import type { ManifestContent } from '../contents/manifest-content.ts';
import { pushChild } from './pushing.ts';
import { together } from './together.ts';

/** Pushes a manifest that others may just have pulled, deletes it and pushes it anew: its old tags must not come back. */
export async function pushAgain(client: Client, repository: string, content: ManifestContent): Promise<void> {
  const [digest] = content.digests;
  const [tag, ...tags] = client.random.some(client.contents.tags, 0.5);
  const push = { content, digest, type: content.types[0], tag, tags };
  await client.perform(putManifest(repository, push));
  for (const reference of [...tags, digest]) await client.perform(getManifest(repository, reference));
  await client.perform(deleteManifest(repository, digest));
  await client.perform(putManifest(repository, { ...push, tag: undefined, tags: [] }));
  for (const reference of [digest, ...tags]) await client.perform(getManifest(repository, reference));
}

/** A manifest and the deletion of a blob it needs cross each other: either the blob stays or the manifest is refused. */
export async function pushWhileDeleting(client: Client, repository: string, content: ManifestContent): Promise<void> {
  const [digest] = content.digests;
  const needed = content.references.filter(({ kind, optional }) => kind === 'blob' && !optional);
  if (needed.length === 0) return;
  await pushChild(client, repository, content);
  await client.perform(deleteManifest(repository, digest));
  const push = putManifest(repository, { content, digest, type: content.types[0], tag: undefined, tags: [] });
  const calls = [push, deleteBlob(repository, client.random.pick(needed).digest)];
  if (client.random.chance(0.5)) calls.reverse();
  await together(...calls.map((call) => client.perform(call)));
}
