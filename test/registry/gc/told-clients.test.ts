/** Everything that tells a client that something is there grants a lease, and nothing else does. */
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { createBlobs } from '../../../src/registry/core/blobs.ts';
import { findLostBlobs } from '../../../src/registry/core/lost-blobs.ts';
import { createManifests } from '../../../src/registry/core/manifests.ts';
import type { ByteSource } from '../../../src/registry/core/ports.ts';
import { repositoryName, tagOf } from '../../support/contracts/metadata-samples.ts';
import { type GcBench, openGcBench } from './gc-bench.ts';

const A = repositoryName('a');
const B = repositoryName('b');

function useCases({ metadata, store, leases }: GcBench) {
  const lost = findLostBlobs(store, () => undefined);
  const manifests = createManifests(metadata, { allowSparse: false, leases, lost, onChange: () => undefined });
  return { blobs: createBlobs(metadata, lost, leases), manifests };
}

function chunkOf(text: string) {
  const source: ByteSource = (async function* () {
    yield [Buffer.from(text)];
  })();
  return { source, range: undefined, length: text.length };
}

/** It references nothing. */
const MANIFEST = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));

function push(bench: GcBench, bytes = MANIFEST, contentType = OCI_INDEX) {
  const pushed = { repository: A, digest: undefined, tags: [tagOf('t')], bytes, contentType };
  return useCases(bench).manifests.put({ ...pushed, isFixed: () => false });
}

type Tell = (bench: GcBench, digest: Digest) => Promise<unknown>;

describe('a lease is granted by', () => {
  it.each<[string, Tell]>([
    ['HEAD', async (bench, digest) => useCases(bench).blobs.stat(A, digest)],
    ['GET', async (bench, digest) => (await useCases(bench).blobs.open(A, digest))[Symbol.asyncDispose]()],
    ['a mount', (bench, digest) => useCases(bench).blobs.mount(B, digest, A, () => true)],
    ['a mount from anywhere', (bench, digest) => useCases(bench).blobs.mount(B, digest, undefined, () => true)],
    ['a blob in one request', (bench, digest) => bench.uploads.storeWhole(A, digest, chunkOf('blob'))],
    [
      'a finish',
      async (bench, digest) => {
        const id = await bench.uploads.begin(A, undefined, 'sha256');
        await bench.uploads.finish({ repository: A, id, owner: undefined }, digest, chunkOf('blob'));
      },
    ],
    [
      'a finish that is repeated',
      async (bench, digest) => {
        const id = '33333333-3333-4333-8333-333333333333';
        await bench.uploads.finish({ repository: A, id, owner: undefined }, digest, chunkOf('blob'));
      },
    ],
  ])('%s of a blob', async (_name, tell) => {
    await using bench = await openGcBench();
    const digest = await bench.addBlob('blob', 'a');
    await tell(bench, digest);
    expect(bench.leases.isKept(digest)).toBe(true);
    expect(await bench.collect()).toMatchObject({ unlinked: 0, blobs: 0 });
  });

  it('a push of a manifest, and by reading one', async () => {
    await using bench = await openGcBench();
    const { digest } = await push(bench);
    expect(bench.leases.isKept(digest)).toBe(true);
    await using other = await openGcBench();
    const { manifests } = useCases({ ...bench, leases: other.leases });
    await manifests.find(A, tagOf('t'));
    expect(other.leases.isKept(digest)).toBe(true);
  });
});

it('none is granted on what is not there, or is refused', async () => {
  await using bench = await openGcBench();
  const digest = digestOf('blob');
  const { blobs } = useCases(bench);
  await expect(async () => blobs.stat(A, digest)).rejects.toMatchObject({ reason: 'blob-unknown' });
  expect(await blobs.mount(B, digest, A, () => true)).toBe(false);
  await expect(bench.uploads.storeWhole(A, digest, chunkOf('other'))).rejects.toMatchObject({
    reason: 'digest-mismatch',
  });
  expect(bench.leases.isKept(digest)).toBe(false);
  const config = { mediaType: OCI_CONFIG, digest, size: 4 };
  const lacking = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [] };
  const bytes = Buffer.from(JSON.stringify(lacking));
  await expect(push(bench, bytes, OCI_MANIFEST)).rejects.toMatchObject({ reason: 'manifest-incomplete' });
  expect(bench.leases.isKept(digestOf(bytes))).toBe(false);
});
