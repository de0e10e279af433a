/** What every place that images are copied to and from does, run against each of them. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type CopyChoice, copyImage } from '../../../src/copy/copy-image.ts';
import type { ImageSource, StoredManifest } from '../../../src/copy/image-source.ts';
import type { ImageTarget } from '../../../src/copy/image-target.ts';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, OCI_CONFIG } from '../../../src/oci/media-types.ts';
import { isDevregError } from '../../../src/errors.ts';
import {
  type Content,
  CONFIG,
  blob,
  content as contentOf,
  descriptorOf,
  dockerImage,
  image,
  index,
} from '../images.ts';

/** An empty place. */
export interface PlaceUnderTest extends AsyncDisposable {
  /** Opens it to write; each time for the same name. */
  openTarget(): Promise<ImageTarget>;
  /** Opens what is there under that name. @throws IMAGE_NOT_FOUND, here or by `readRoot` */
  openSource(): Promise<ImageSource>;
}

/** What a place can hold; all by default. */
export interface PlaceFacts {
  /** Indexes, manifests of any kind, sha512. */
  readonly holdsEverything?: boolean;
  /** What refers to an image, and tags beside its own. */
  readonly keepsReferrers?: boolean;
  /** Whether what is written is there before the place is finished; archives are written at the end. */
  readonly isLive?: boolean;
}

const LAYERS = [blob('one'), blob(Buffer.alloc(300_000, 'two')), blob('')];
const IMAGE = image(LAYERS);
/** The layers by name, as those need it who find them by it. */
const RUNNABLE = contentOf(
  JSON.stringify({ rootfs: { type: 'layers', diff_ids: LAYERS.map(({ digest }) => digest) } }),
  OCI_CONFIG,
);
const never = new AbortController().signal;
const EVERYTHING: CopyChoice = { platforms: 'all', referrers: true, preserveDigests: true, parallel: 3 };

/** A manifest as places take it. */
function stored({ bytes, mediaType, digest }: Content): StoredManifest {
  return { bytes, mediaType, digest };
}

/** Writes one blob. */
function writeBlob(target: ImageTarget, content: Content, bytes: Uint8Array = content.bytes): Promise<void> {
  return target.writeBlob(
    descriptorOf(content),
    async (offset) => Readable.from([Buffer.from(bytes.subarray(offset))]),
    never,
  );
}

async function writeImage(
  target: ImageTarget,
  manifest: Content,
  blobs: readonly Content[],
  config = CONFIG,
): Promise<void> {
  for (const part of [config, ...blobs]) await writeBlob(target, part);
  await target.finish(stored(manifest), never);
}

async function readBlob(source: ImageSource, content: Content, offset?: number): Promise<Buffer> {
  return buffer(await source.openBlob(descriptorOf(content), never, offset));
}

/** The code of the error that something fails with. */
async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return isDevregError(error) ? error.code : String(error);
  }
  return 'no error';
}

/** The facts. */
export function imagePlaceContract(open: () => Promise<PlaceUnderTest>, facts: PlaceFacts = {}): void {
  const { holdsEverything = true, keepsReferrers = holdsEverything, isLive = true } = facts;
  const config = holdsEverything ? CONFIG : RUNNABLE;
  const simple = holdsEverything ? IMAGE : image(LAYERS, { config, mediaType: DOCKER_MANIFEST });

  it('gives back what was written, byte for byte', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    await writeImage(target, simple, LAYERS, config);
    await using source = await place.openSource();
    const root = await source.readRoot(never);
    // What a place holds by converting it has the same content, and another manifest.
    if (holdsEverything) expect(root).toMatchObject({ mediaType: simple.mediaType, digest: simple.digest });
    expect(digestOf(root.bytes)).toBe(root.digest);
    for (const part of [config, ...LAYERS]) expect(await readBlob(source, part)).toEqual(part.bytes);
  });

  it('has nothing before it is finished', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    await writeBlob(target, LAYERS[0] as Content);
    const read = async () => {
      await using source = await place.openSource();
      await source.readRoot(never);
    };
    expect(await codeOf(read)).toBe('IMAGE_NOT_FOUND');
  });

  it.runIf(isLive)('tells which blobs it has', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    await using source = await place.openSource().catch(() => target as unknown as ImageSource);
    const [layer] = LAYERS as [Content];
    expect(await target.claimBlob(descriptorOf(layer), source, never)).toBeUndefined();
    await writeBlob(target, layer);
    expect(await target.claimBlob(descriptorOf(layer), source, never)).toBe('there');
  });

  describe('refuses a blob', () => {
    const layer = blob('right content');
    it.each([
      ['with other bytes', 'wrong content'],
      ['that is too short', 'right'],
      ['that is too long', 'right content and more'],
      ['that is empty', ''],
    ])('%s', async (_, bytes) => {
      await using place = await open();
      await using target = await place.openTarget();
      expect(await codeOf(() => writeBlob(target, layer, Buffer.from(bytes)))).toBe('CONTENT_WRONG');
      expect(await target.claimBlob(descriptorOf(layer), target as unknown as ImageSource, never)).toBeUndefined();
      await writeBlob(target, layer);
    });
  });

  it('fails with what the content fails with, and keeps nothing', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    const layer = blob(Buffer.alloc(200_000, 'x'));
    const broken = async () =>
      Readable.from(
        (async function* () {
          yield Buffer.from(layer.bytes.subarray(0, 100_000));
          throw new Error('the other side is gone');
        })(),
      );
    await expect(target.writeBlob(descriptorOf(layer), broken, never)).rejects.toThrow('the other side is gone');
    expect(await target.claimBlob(descriptorOf(layer), target as unknown as ImageSource, never)).toBeUndefined();
  });

  it('stops when it is told to', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    const stop = new AbortController();
    const layer = blob(Buffer.alloc(200_000, 'x'));
    const endless = async () => {
      const stream = new Readable({ read() {} });
      stream.push(layer.bytes.subarray(0, 100_000));
      setImmediate(() => stop.abort(new Error('enough')));
      return stream;
    };
    await expect(target.writeBlob(descriptorOf(layer), endless, stop.signal)).rejects.toThrow('enough');
  });

  it('opens a blob from any place on', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    await writeImage(target, simple, LAYERS, config);
    await using source = await place.openSource();
    const layer = LAYERS[1] as Content;
    for (const offset of [1, 150_000, layer.bytes.length - 1, layer.bytes.length]) {
      expect(await readBlob(source, layer, offset)).toEqual(layer.bytes.subarray(offset));
    }
  });

  it('tells what it does not have', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    await writeImage(target, simple, LAYERS, config);
    await using source = await place.openSource();
    const absent = blob('absent');
    expect(await codeOf(() => source.readManifest(absent.digest, never))).toBe('IMAGE_NOT_FOUND');
    expect(await codeOf(() => readBlob(source, absent))).toBe('IMAGE_NOT_FOUND');
  });

  it('is copied to twice, and takes nothing the second time', async () => {
    await using from = await open();
    await using place = await open();
    {
      await using target = await from.openTarget();
      await writeImage(target, simple, LAYERS, config);
    }
    const results = [];
    for (let times = 0; times < 2; times++) {
      await using source = await from.openSource();
      await using target = await place.openTarget();
      results.push(await copyImage(source, target, EVERYTHING, {}, never));
      if (!isLive) break;
    }
    const [first, second] = results;
    expect(first?.bytes).toBe([config, ...LAYERS].reduce((sum, { bytes }) => sum + bytes.length, 0));
    if (isLive) expect(second).toMatchObject({ digest: first?.digest, bytes: 0, blobs: { copied: 0 } });
  });

  if (holdsEverything) richFacts(open, keepsReferrers);
}

/** Facts of places that take every byte as it is. */
function richFacts(open: () => Promise<PlaceUnderTest>, keepsReferrers: boolean): void {
  it('holds indexes of indexes', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    const arm = image([blob('arm')]);
    const inner = index([arm]);
    const outer = index([inner, IMAGE]);
    for (const content of [CONFIG, blob('arm'), ...LAYERS]) await writeBlob(target, content);
    expect(await target.hasManifest(arm.digest, never)).toBe(false);
    for (const manifest of [arm, inner, IMAGE]) await target.writeManifest(stored(manifest), [], never);
    expect(await target.hasManifest(arm.digest, never)).toBe(true);
    await target.finish(stored(outer), never);
    await using source = await place.openSource();
    expect((await source.readRoot(never)).digest).toBe(outer.digest);
    for (const manifest of [arm, inner, IMAGE]) {
      expect(Buffer.from((await source.readManifest(manifest.digest, never)).bytes)).toEqual(manifest.bytes);
    }
  });

  it('keeps the bytes of a Docker manifest', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    const manifest = dockerImage(LAYERS);
    await writeImage(target, manifest, LAYERS);
    await using source = await place.openSource();
    const root = await source.readRoot(never);
    expect({ ...root, bytes: Buffer.from(root.bytes) }).toEqual(stored(manifest));
  });

  it('holds blobs by sha512', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    const layer = blob('longer digest', 'sha512');
    await writeImage(target, image([layer]), [layer]);
    await using source = await place.openSource();
    expect(await readBlob(source, layer)).toEqual(layer.bytes);
  });

  it('replaces what had the name', async () => {
    await using place = await open();
    for (const layer of LAYERS) {
      await using target = await place.openTarget();
      await writeImage(target, image([layer]), [layer]);
      await using source = await place.openSource();
      expect((await source.readRoot(never)).digest).toBe(image([layer]).digest);
    }
  });

  it.runIf(keepsReferrers)('keeps what refers to an image, and what is attached by a tag', async () => {
    await using place = await open();
    await using target = await place.openTarget();
    const bill = image([blob('bill of materials')], { subject: IMAGE, artifactType: 'application/x.sbom' });
    const signature = image([blob('signature')]);
    const tag = `${IMAGE.digest.replace(':', '-')}.sig`;
    for (const content of [blob('bill of materials'), blob('signature'), CONFIG, ...LAYERS])
      await writeBlob(target, content);
    await target.writeManifest(stored(bill), [], never);
    await target.writeManifest(stored(signature), [tag], never);
    await target.finish(stored(IMAGE), never);
    await using source = await place.openSource();
    const found = await source.listReferrers(IMAGE.digest, never);
    const names = found.map((one): [Digest, string | undefined] => [one.descriptor.digest, one.tag]);
    expect(new Map(names)).toEqual(
      new Map([
        [bill.digest, undefined],
        [signature.digest, tag],
      ]),
    );
    expect(await source.listReferrers(bill.digest, never)).toEqual([]);
  });
}
