/** Copying: what comes along, in which order, and what becomes of it when something fails. */
import { setImmediate as turn } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type CopyChoice, type CopyObserver, copyImage } from '../../src/copy/copy-image.ts';
import type { Referrer } from '../../src/copy/image-source.ts';
import type { ImageTarget } from '../../src/copy/image-target.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { type Content, CONFIG, blob, content, descriptorOf, image, index } from '../support/images.ts';
import { type MemoryImagePlace, createMemoryImagePlace } from '../support/fakes/memory-image-place.ts';

const never = new AbortController().signal;
const [BASE, AMD, ARM, WORDS] = [blob('base'), blob('for amd64'), blob('for arm64'), blob('attested')];
const [amd, arm] = [image([BASE, AMD]), image([BASE, ARM])];
const old = image([BASE]);
const attestation = image([WORDS]);
const entry = (manifest: Content, platform: string, about?: Content) => {
  const [os, architecture, variant] = platform.split('/');
  const annotations = about === undefined ? {} : { annotations: { 'vnd.docker.reference.digest': about.digest } };
  return { ...descriptorOf(manifest), platform: { os, architecture, variant }, ...annotations };
};
const ROOT = content(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    annotations: { kept: 'yes' },
    manifests: [
      entry(amd, 'linux/amd64'),
      entry(arm, 'linux/arm64'),
      entry(attestation, 'unknown/unknown', arm),
      entry(old, 'linux/arm/v6'),
    ],
  }),
  OCI_INDEX,
);
const bill = image([blob('bill')], { subject: ROOT });
const vote = image([blob('vote')], { subject: bill });
const signature = image([blob('signature')]);

function fullPlace(changes: Parameters<typeof createMemoryImagePlace>[0] = {}): MemoryImagePlace {
  const place = createMemoryImagePlace(changes);
  place.add(CONFIG, BASE, AMD, ARM, WORDS, blob('bill'), blob('vote'), blob('signature'));
  for (const manifest of [amd, arm, old, attestation, bill, vote]) place.addManifest(manifest);
  place.addManifest(ROOT, 'root');
  place.addManifest(signature, `${arm.digest.replace(':', '-')}.sig`);
  return place;
}

function copy(
  source: MemoryImagePlace,
  target: ImageTarget,
  choice: Partial<CopyChoice> = {},
  observer: CopyObserver = {},
  signal = never,
) {
  return copyImage(
    source,
    target,
    { platforms: 'all', referrers: true, preserveDigests: false, parallel: 2, ...choice },
    observer,
    signal,
  );
}

const sorted = (place: MemoryImagePlace) => [...place.manifests.keys()].toSorted();

describe('a copy', () => {
  it('has everything, and every blob once', async () => {
    const [source, target] = [fullPlace(), createMemoryImagePlace()];
    const result = await copy(source, target);
    expect(target.manifests).toEqual(
      new Map([...target.manifests.keys()].map((key) => [key, source.manifests.get(key)])),
    );
    expect(sorted(target)).toEqual(sorted(source));
    expect(target.tags).toEqual(source.tags);
    expect([...target.blobs.keys()].toSorted()).toEqual([...source.blobs.keys()].toSorted());
    const bytes = [...source.blobs.values()].reduce((sum, { length }) => sum + length, 0);
    expect(result).toEqual({
      digest: ROOT.digest,
      mediaType: OCI_INDEX,
      manifests: 9,
      bytes,
      blobs: { copied: 8, mounted: 0, there: 0 },
      remarks: [],
    });
    expect(target.log.filter((line) => line.startsWith('blob'))).toHaveLength(8);
  });

  it('has what something points to before it, and its root last', async () => {
    const target = createMemoryImagePlace();
    await copy(fullPlace(), target);
    const place = ({ digest }: Content) => target.log.findIndex((line) => line.includes(digest));
    for (const [whole, ...parts] of [
      [amd, CONFIG, BASE, AMD],
      [arm, BASE, ARM],
      [ROOT, amd, arm, attestation, bill, signature],
    ] as const) {
      for (const part of parts) expect(place(part)).toBeLessThan(place(whole));
    }
    expect(target.log.at(-1)).toBe(`finish ${ROOT.digest}`);
  });

  it('moves nothing that is there', async () => {
    const [source, target] = [fullPlace(), createMemoryImagePlace()];
    await copy(source, target);
    target.log.length = 0;
    expect(await copy(source, target)).toMatchObject({ bytes: 0, blobs: { copied: 0 } });
    expect(target.log.filter((line) => line.startsWith('blob'))).toEqual([]);
  });

  it('mends an index whose children are missing', async () => {
    const [source, target] = [fullPlace(), createMemoryImagePlace()];
    target.addManifest(ROOT, 'root');
    await copy(source, target);
    expect(sorted(target)).toEqual(sorted(source));
  });

  it('leaves referrers where they are when they are not wanted', async () => {
    const target = createMemoryImagePlace();
    await copy(fullPlace(), target, { referrers: false });
    expect(sorted(target)).toEqual([ROOT, amd, arm, old, attestation].map(({ digest }) => digest).toSorted());
  });

  it('tells what it does', async () => {
    const seen: string[] = [];
    let bytes = 0;
    await copy(
      fullPlace(),
      createMemoryImagePlace(),
      { referrers: false },
      {
        onBlob: ({ digest }) => seen.push(`begin ${digest}`),
        onBytes: (count) => (bytes += count),
        onBlobDone: ({ digest }, outcome) => seen.push(`${outcome} ${digest}`),
      },
    );
    expect(seen).toHaveLength(10);
    for (const { digest } of [CONFIG, BASE, AMD, ARM, WORDS]) {
      expect(seen.indexOf(`begin ${digest}`)).toBeLessThan(seen.indexOf(`copied ${digest}`));
    }
    expect(bytes).toBe([CONFIG, BASE, AMD, ARM, WORDS].reduce((sum, { bytes: { length } }) => sum + length, 0));
  });

  it('has so many blobs under way and no more', async () => {
    let [now, most] = [0, 0];
    const target = createMemoryImagePlace({
      async claimBlob() {
        most = Math.max(most, ++now);
        await turn();
        now--;
        return 'mounted';
      },
    });
    expect((await copy(fullPlace(), target, { parallel: 3 })).blobs).toEqual({ copied: 0, mounted: 8, there: 0 });
    expect(most).toBe(3);
  });
});

describe('platforms', () => {
  it('are all copied to a place that holds them, whatever this machine is', async () => {
    expect(await copy(fullPlace(), createMemoryImagePlace(), { system: 'linux/arm64' })).toMatchObject({
      digest: ROOT.digest,
      remarks: [],
    });
  });

  it('leave a single image in place of the index', async () => {
    const target = createMemoryImagePlace();
    const result = await copy(fullPlace(), target, { platforms: ['linux/arm64'], preserveDigests: true });
    expect(result).toMatchObject({ digest: arm.digest, mediaType: OCI_MANIFEST });
    expect(target.tags.get('root')).toBe(arm.digest);
    expect(sorted(target)).toEqual([arm.digest, signature.digest].toSorted());
  });

  it('leave an index with those that are wanted, and their attestations', async () => {
    const target = createMemoryImagePlace();
    const { digest } = await copy(fullPlace(), target, { platforms: ['linux/arm64', 'linux/arm/v6'] });
    const made = JSON.parse(Buffer.from(target.manifests.get(digest)?.bytes ?? '').toString());
    expect(made).toMatchObject({ mediaType: OCI_INDEX, annotations: { kept: 'yes' } });
    expect(made.manifests.map((one: Content) => one.digest)).toContain(attestation.digest);
    expect(target.manifests.has(amd.digest)).toBe(false);
    // What refers to the whole index does not refer to this one.
    expect(target.manifests.has(bill.digest)).toBe(false);
  });

  it('leave the index as it is when all are wanted', async () => {
    const target = createMemoryImagePlace();
    const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v6'];
    expect(await copy(fullPlace(), target, { platforms, preserveDigests: true })).toMatchObject({
      digest: ROOT.digest,
    });
  });

  it('may be those of the index alone', async () => {
    const target = createMemoryImagePlace();
    await copy(fullPlace(), target, { platforms: 'index-only', referrers: false });
    expect(sorted(target)).toEqual([ROOT.digest]);
  });

  it.each([
    ['PLATFORM_ABSENT', ['linux/s390x'], false],
    ['PLATFORM_INVALID', ['linux'], false],
    ['DIGEST_CHANGES', ['linux/arm64', 'linux/s390x'].slice(0, 1).concat('linux/arm64/v9'), true],
  ])('that cannot be had end in %s', async (code, platforms, preserveDigests) => {
    const target = createMemoryImagePlace();
    await expect(copy(fullPlace(), target, { platforms, preserveDigests })).rejects.toMatchObject({ code });
    expect(target.log).toEqual([]);
  });
});

describe('when something fails', () => {
  it('nothing is named, and the first failure is told', async () => {
    const source = fullPlace({
      async openBlob({ digest }) {
        if (digest === ARM.digest) throw new Error('the disk is gone');
        return Readable.from(await turn([source.blobs.get(digest) ?? Buffer.alloc(0)]));
      },
    });
    const target = createMemoryImagePlace();
    await expect(copy(source, target)).rejects.toThrow('the disk is gone');
    expect(target.tags.size).toBe(0);
    expect(target.manifests.has(ROOT.digest)).toBe(false);
    expect(target.manifests.has(arm.digest)).toBe(false);
    const left = target.log.length;
    await turn();
    expect(target.log).toHaveLength(left);
  });

  it('in what refers to the image, the image is not named either', async () => {
    const source = fullPlace({ listReferrers: () => Promise.reject(new Error('no list')) });
    const target = createMemoryImagePlace();
    await expect(copy(source, target)).rejects.toThrow('no list');
    expect(target.tags.size).toBe(0);
  });

  it('because it was called off, that is the reason', async () => {
    const stop = new AbortController();
    const target = createMemoryImagePlace();
    const copying = copy(fullPlace(), target, {}, { onBlob: () => stop.abort(new Error('enough')) }, stop.signal);
    await expect(copying).rejects.toThrow('enough');
    expect(target.tags.size).toBe(0);
  });
});

describe('a source that lies', () => {
  it('cannot make it go in a circle', async () => {
    const all = [ROOT, amd, arm, bill].map((one): Referrer => ({ descriptor: descriptorOf(one), tag: undefined }));
    const target = createMemoryImagePlace();
    await copy(fullPlace({ listReferrers: async () => all }), target);
    expect(target.tags.get('root')).toBe(ROOT.digest);
  });

  it('cannot make it go on for ever', async () => {
    let count = 0;
    const next = (): Referrer => ({
      descriptor: descriptorOf(image([], { annotations: { count: String(count++) } })),
      tag: undefined,
    });
    const target = createMemoryImagePlace({ hasManifest: async () => true });
    const copying = copy(fullPlace({ listReferrers: async () => [next()] }), target);
    await expect(copying).rejects.toMatchObject({ code: 'IMAGE_ENDLESS' });
    expect(target.tags.size).toBe(0);
  });

  it('cannot bring what is no manifest', async () => {
    const source = fullPlace();
    source.manifests.set(arm.digest, { bytes: Buffer.from('[]'), mediaType: OCI_MANIFEST, digest: arm.digest });
    await expect(copy(source, createMemoryImagePlace())).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});

describe('a place for one image', () => {
  it('is not given an index', async () => {
    const target = createMemoryImagePlace({ holdsOnly: [OCI_MANIFEST] });
    await expect(copy(fullPlace(), target)).rejects.toMatchObject({ code: 'MANIFEST_NOT_HELD' });
    expect(target.log).toEqual([]);
  });

  it('is given the platform of this machine, and says so', async () => {
    const target = createMemoryImagePlace({ name: 'engine', holdsOnly: [OCI_MANIFEST] });
    const { digest, remarks } = await copy(fullPlace(), target, { system: 'linux/arm/v7' });
    expect(digest).toBe(old.digest);
    expect(sorted(target)).toEqual([old.digest]);
    expect(remarks).toEqual([expect.stringContaining('engine holds one platform: it gets linux/arm/v6.')]);
    const absent = copy(fullPlace(), createMemoryImagePlace({ holdsOnly: [OCI_MANIFEST] }), { system: 'linux/s390x' });
    await expect(absent).rejects.toMatchObject({ code: 'PLATFORM_ABSENT' });
  });

  it('is given an image, without what refers to it', async () => {
    const target = createMemoryImagePlace({ holdsOnly: [OCI_MANIFEST] });
    await copy(fullPlace(), target, { platforms: ['linux/arm64'] });
    expect(sorted(target)).toEqual([arm.digest]);
  });
});

it('takes indexes of layers, as BuildKit writes its caches', async () => {
  const [source, target] = [createMemoryImagePlace(), createMemoryImagePlace()];
  const cache = index([BASE, { ...CONFIG, mediaType: 'application/vnd.buildkit.cacheconfig.v0' }]);
  source.add(BASE, CONFIG);
  source.addManifest(cache, 'root');
  await copy(source, target);
  expect([...target.blobs.keys()].toSorted()).toEqual([BASE.digest, CONFIG.digest].toSorted());
});
