/** A disk without space: nothing that was answered is lost, what is there can be read, and freeing space is enough to go on. */
import { describe, expect, it, vi } from 'vitest';
import type { Digest } from '../../src/oci/digest.ts';
import { pushWhole } from './activities/pushing.ts';
import { appendUpTo, cancel, finish } from './activities/uploading.ts';
import { getBlob, postBlob } from './calls/blob-calls.ts';
import type { Call } from './calls/call.ts';
import { deleteManifest, putManifest } from './calls/manifest-calls.ts';
import { beginUpload } from './calls/upload-calls.ts';
import { type Client, RefusedError, begin } from './client/client.ts';
import { type BlobContent, blobOf } from './contents/blob-content.ts';
import type { ManifestContent } from './contents/manifest-content.ts';
import { type DiskBench, NO_SPACE, openDiskBench } from './disk-bench.ts';

const MIB = 1024 * 1024;

/** More than there is room for. */
const BLOBS_MAX = 20;
const TAGS_MAX = 500;

/** How often the space of one disk changes while clients work, and how many answers they get each time. */
const TIDES = 8;
const ANSWERS = 100;

/** At most this much is left free, in bytes or in files. */
const LEFT_MAX = 3 * MIB;
const FILES_LEFT_MAX = 20;

/** Generous: each takes some seconds, and what is slow here is the machine. */
const TIMEOUT_MS = 180_000;

describe('a disk that fills up', { timeout: TIMEOUT_MS }, () => {
  it.for(['full', 'fast'] as const)('keeps what it has, with durability %s', async (durability) => {
    await using bench = await openDiskBench('fills up', durability);
    const client = bench.client();
    const { image } = bench;
    await pushWhole(client, 'app', image);
    const unfinished = await begin(client, 'app', ...newBlob(bench, 8 * MIB));
    await appendUpTo(client, unfinished, unfinished.content.bytes.length);

    const pushed = await pushUntilRefused(bench, client);
    bench.disk.takeBytes(0);
    await tagUntilRefused(client, image);
    await vi.waitFor(() => expect(bench.hasLogged('no space left for the metadata')).toBe(true), { interval: 5 });
    for (const call of writingCalls(bench, image)) await expectRefusal(client, call);
    await bench.look();
    for (const digest of pushed) await client.perform(getBlob('app', digest));

    await cancel(client, unfinished);
    expect(bench.disk.free()).toBeGreaterThan(7 * MIB);
    await pushWhole(client, 'team/app', image);
    await finish(client, await begin(client, 'app', ...newBlob(bench, 2 * MIB)));
    await client.perform(deleteManifest('app', 'tag-0'));
    await bench.look();

    expect(await bench.restart('SIGTERM')).toEqual({ code: 0, signal: null });
    await bench.look();
    for (const digest of pushed) await bench.client().perform(getBlob('app', digest));
  });
});

describe('a disk whose space comes and goes', { timeout: TIMEOUT_MS }, () => {
  it.for([1, 2, 3, 4])('never leaves anything half done, seed %i', async (seed) => {
    await using bench = await openDiskBench(`tides ${seed}`, seed % 2 === 0 ? 'full' : 'fast');
    for (let tide = 0; tide < TIDES; tide++) {
      if (bench.random.chance(0.7)) bench.disk.takeBytes(bench.random.below(LEFT_MAX));
      else bench.disk.takeFiles(bench.random.below(FILES_LEFT_MAX));
      await bench.work(ANSWERS);
      bench.disk.giveBack();
      await bench.look();
      if (bench.random.chance(0.3)) await bench.restart(bench.random.pick(['SIGTERM', 'SIGKILL']));
    }
    await bench.look();
    expect(bench.refusals()).toBeGreaterThan(0);
  });
});

function newBlob({ random }: DiskBench, size: number): [BlobContent, Digest] {
  const content = blobOf(random.bytes(size), false);
  return [content, content.digests[0]];
}

/** Pushes blobs until there is no room for one. @returns those that were taken */
async function pushUntilRefused(bench: DiskBench, client: Client): Promise<Digest[]> {
  const pushed: Digest[] = [];
  for (let count = 0; count < BLOBS_MAX; count++) {
    const [content, digest] = newBlob(bench, 4 * MIB);
    const upload = await begin(client, 'app', content, digest);
    if (await isRefused(finish(client, upload))) {
      await cancel(client, upload);
      return pushed;
    }
    pushed.push(digest);
  }
  throw new Error('The disk is not full.');
}

/** Points tags until there is no room for one; each takes some pages of the metadata's log. */
async function tagUntilRefused(client: Client, content: ManifestContent): Promise<void> {
  for (let count = 0; count < TAGS_MAX; count++)
    if (await isRefused(client.perform(pushOf(content, `tag-${count}`)))) return;
  throw new Error('The metadata still find room.');
}

function pushOf(content: ManifestContent, tag: string): Call {
  return putManifest('app', { content, digest: content.digests[0], type: content.types[0], tag, tags: [] });
}

function writingCalls(bench: DiskBench, image: ManifestContent): Call[] {
  const [content, digest] = newBlob(bench, 10_000);
  return [beginUpload('app', 'refused', undefined), postBlob('app', digest, content), pushOf(image, 'refused')];
}

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
async function expectRefusal({ http }: Client, call: Call): Promise<void> {
  const answer = await http.send(call.sending);
  expect(call.read(answer)).toBe(NO_SPACE);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'retry-after': expect.stringMatching(/^\d+$/),
  });
}

async function isRefused(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof RefusedError) return true;
    throw error;
  }
}
