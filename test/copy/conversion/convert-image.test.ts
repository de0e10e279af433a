/** Copies that convert: what the manifests become, what comes along, and what is refused. */
import { describe, expect, it } from 'vitest';
import { type CopyChoice, copyImage } from '../../../src/copy/copy-image.ts';
import type { ImageFormat } from '../../../src/copy/conversion/image-formats.ts';
import {
  DOCKER_CONFIG,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER,
  OCI_MANIFEST,
} from '../../../src/oci/media-types.ts';
import { type Content, content, descriptorOf, image } from '../../support/images.ts';
import { type MemoryImagePlace, createMemoryImagePlace } from '../../support/fakes/memory-image-place.ts';

const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const never = new AbortController().signal;

const settings = { architecture: 'arm64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [] } };
const ociConfig = content(JSON.stringify({ ...settings, kept: 'as it is' }), OCI_CONFIG);
const dockerConfig = content(JSON.stringify({ id: 'docker', ...settings, config: { Shell: ['sh'] } }), DOCKER_CONFIG);
const ociLayer = content('layer', `${OCI_LAYER}+gzip`);
const dockerLayer = content('layer', DOCKER_LAYER);
const oci = image([ociLayer], { config: ociConfig });
const docker = image([dockerLayer], { config: dockerConfig, mediaType: DOCKER_MANIFEST });

function placeOf(root: Content, ...others: readonly Content[]): MemoryImagePlace {
  const place = createMemoryImagePlace();
  place.add(ociConfig, dockerConfig, ociLayer);
  for (const manifest of [oci, docker, ...others]) place.addManifest(manifest);
  place.addManifest(root, 'root');
  return place;
}

async function convert(source: MemoryImagePlace, format: ImageFormat, choice: Partial<CopyChoice> = {}) {
  const target = createMemoryImagePlace();
  const whole = { platforms: 'all', referrers: true, preserveDigests: false, parallel: 2 } as const;
  const result = await copyImage(source, target, { ...whole, format, ...choice }, {}, never);
  const read = (digest: string) => JSON.parse(Buffer.from(target.manifests.get(digest)?.bytes ?? '').toString());
  return { target, result, read, root: read(result.digest) };
}

/** An index whose entries say more than descriptors. */
function list(mediaType: string, entries: readonly (readonly [Content, object])[], more: object = {}): Content {
  const manifests = entries.map(([manifest, fields]) => ({ ...descriptorOf(manifest), ...fields }));
  return content(JSON.stringify({ schemaVersion: 2, mediaType, manifests, ...more }), mediaType);
}

const amd = { platform: { architecture: 'amd64', os: 'linux' } };

describe('to OCI', () => {
  it('has the layers by their names there, and a configuration of its own', async () => {
    const { target, result, root } = await convert(placeOf(docker), 'oci');
    const config = content(JSON.stringify(settings), OCI_CONFIG);
    expect(root).toEqual({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: descriptorOf(config),
      layers: [descriptorOf(ociLayer)],
    });
    expect(target.blobs.get(config.digest)).toEqual(config.bytes);
    expect(target.blobs.has(dockerConfig.digest)).toBe(false);
    expect(result.remarks).toEqual([expect.stringMatching(/loses Shell: /)]);
  });

  it('has all platforms of a list, and nothing of the list but them', async () => {
    const root = list(DOCKER_MANIFEST_LIST, [[docker, amd]], { left: 'out' });
    const { root: made, read } = await convert(placeOf(root), 'oci');
    expect(made).toEqual({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [expect.objectContaining(amd)] });
    expect(read(made.manifests[0].digest)).toMatchObject({ mediaType: OCI_MANIFEST });
  });

  it('leaves alone what is OCI already, and keeps what else an index says', async () => {
    const root = list(
      OCI_INDEX,
      [
        [docker, amd],
        [oci, { annotations: { kept: 'yes' } }],
      ],
      { annotations: { a: 'b' } },
    );
    const { root: made } = await convert(placeOf(root), 'oci');
    expect(made).toMatchObject({ annotations: { a: 'b' }, manifests: [amd, { annotations: { kept: 'yes' } }] });
    expect(made.manifests[1].digest).toBe(oci.digest);
    expect(made.manifests[0].digest).not.toBe(docker.digest);
  });

  it('changes nothing of an image that is OCI, and takes along what refers to it', async () => {
    const signature = image([], { config: ociConfig, subject: oci });
    const { result, target } = await convert(placeOf(oci, signature), 'oci', { preserveDigests: true });
    expect(result).toMatchObject({ digest: oci.digest, remarks: [] });
    expect(target.manifests.has(signature.digest)).toBe(true);
  });
});

describe('to Docker', () => {
  it('has the same configuration and layers by their names there', async () => {
    const { target, result, root } = await convert(placeOf(oci), 'v2s2');
    expect(root).toEqual({
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config: { ...descriptorOf(ociConfig), mediaType: DOCKER_CONFIG },
      layers: [descriptorOf(dockerLayer)],
    });
    expect(target.blobs.get(ociConfig.digest)).toEqual(ociConfig.bytes);
    expect(result).toMatchObject({ mediaType: DOCKER_MANIFEST, remarks: [] });
  });

  it('is written to the byte as containers/image writes it', async () => {
    const { target, result } = await convert(placeOf(oci), 'v2s2');
    expect(Buffer.from(target.manifests.get(result.digest)?.bytes ?? '').toString()).toBe(
      `{"schemaVersion":2,"mediaType":"${DOCKER_MANIFEST}",` +
        `"config":{"mediaType":"${DOCKER_CONFIG}","size":${ociConfig.bytes.length},"digest":"${ociConfig.digest}"},` +
        `"layers":[{"mediaType":"${DOCKER_LAYER}","size":5,"digest":"${ociLayer.digest}"}]}`,
    );
  });

  it('asks what refers to the image that was, and not to the one that is made', async () => {
    const source = placeOf(oci);
    const asked: unknown[] = [];
    const { result } = await convert({ ...source, listReferrers: async (digest) => (asked.push(digest), []) }, 'v2s2');
    expect(asked).toEqual([oci.digest]);
    expect(result.digest).not.toBe(oci.digest);
  });

  it('says of every image of a list what it runs on', async () => {
    const { root } = await convert(
      placeOf(
        list(OCI_INDEX, [
          [oci, {}],
          [docker, amd],
        ]),
      ),
      'v2s2',
    );
    expect(root.mediaType).toBe(DOCKER_MANIFEST_LIST);
    expect(root.manifests).toMatchObject([{ platform: { architecture: 'arm64', os: 'linux' } }, amd]);
    expect(root.manifests[1].digest).toBe(docker.digest);
  });

  it('leaves signatures and attestations behind, and says so', async () => {
    const about = { annotations: { 'vnd.docker.reference.digest': oci.digest } };
    const attestation = image([content('words', 'application/vnd.in-toto+json')], { config: ociConfig });
    const signature = image([], { config: ociConfig, subject: oci });
    const root = list(OCI_INDEX, [
      [oci, amd],
      [attestation, about],
    ]);
    const source = placeOf(root, attestation, signature);
    const { root: made, target, result } = await convert(source, 'v2s2');
    expect(made.manifests).toHaveLength(1);
    expect(target.manifests.size).toBe(2);
    expect(result.remarks).toEqual([expect.stringMatching(/^2 signatures or attestations stay behind: /)]);
    expect((await convert(source, 'v2s2', { referrers: false })).result.remarks).toEqual([
      expect.stringMatching(/^1 signature or attestation stays behind: /),
    ]);
  });

  it('says that annotations are lost', async () => {
    const annotated = image([ociLayer], { config: ociConfig, annotations: { a: 'b' } });
    const { result, root } = await convert(placeOf(annotated), 'v2s2');
    expect(root).not.toHaveProperty('annotations');
    expect(result.remarks).toEqual([expect.stringContaining('loses its annotations')]);
  });

  it('is of the chosen platform alone', async () => {
    const strange = image([content('x', `${OCI_LAYER}+zstd`)], { config: ociConfig });
    const root = list(OCI_INDEX, [
      [oci, amd],
      [strange, { platform: { architecture: 'arm64', os: 'linux' } }],
    ]);
    const { result } = await convert(placeOf(root, strange), 'v2s2', { platforms: ['linux/amd64'] });
    expect(result.mediaType).toBe(DOCKER_MANIFEST);
    await expect(convert(placeOf(root, strange), 'v2s2')).rejects.toMatchObject({ code: 'CONVERSION_IMPOSSIBLE' });
  });
});

describe('is refused', () => {
  const encrypted = image([content('x', `${OCI_LAYER}+gzip+encrypted`)], { config: ociConfig });
  const artifact = image([ociLayer], { config: content('{}', 'application/vnd.cncf.helm.config.v1+json') });
  const words = image([ociLayer], { config: content('no JSON', DOCKER_CONFIG), mediaType: DOCKER_MANIFEST });
  const cache = list(OCI_INDEX, [[ociLayer, {}]]);
  it.each([
    ['what is compressed by zstd', image([content('x', `${OCI_LAYER}+zstd`)], { config: ociConfig }), 'v2s2'],
    ['what is encrypted', encrypted, 'v2s2'],
    ['an artifact', artifact, 'v2s2'],
    ['a plugin', image([dockerLayer], { config: ociConfig, mediaType: DOCKER_MANIFEST }), 'oci'],
    ['a list of layers', cache, 'v2s2'],
    ['a configuration that is none', words, 'oci'],
  ] as const)('%s', async (_what, root, format) => {
    const source = placeOf(root);
    source.add(content('no JSON', DOCKER_CONFIG));
    const target = createMemoryImagePlace();
    const choice = { platforms: 'all', referrers: true, preserveDigests: false, parallel: 2, format } as const;
    const copying = copyImage(source, target, choice, {}, never);
    await expect(copying).rejects.toMatchObject({ code: 'CONVERSION_IMPOSSIBLE' });
    expect(target.log).toEqual([]);
  });

  it('what is nested without end, and what is far more than any image', async () => {
    const nest = (depth: number): readonly Content[] => {
      const above = depth === 0 ? [] : nest(depth - 1);
      const inner = above[0] ?? oci;
      return [
        list(
          OCI_INDEX,
          Array.from({ length: 50 }, () => [inner, {}] as const),
        ),
        ...above,
      ];
    };
    const [root = oci, ...others] = nest(12);
    await expect(convert(placeOf(root, ...others), 'v2s2')).rejects.toMatchObject({ code: 'IMAGE_ENDLESS' });
    const filler = 'x'.repeat(8_000_000);
    const large = Array.from({ length: 9 }, (_, number) =>
      image([], { config: ociConfig, annotations: { filler: `${number}${filler}` } }),
    );
    const wide = list(
      OCI_INDEX,
      large.map((one) => [one, amd] as const),
    );
    await expect(convert(placeOf(wide, ...large), 'v2s2')).rejects.toMatchObject({ code: 'IMAGE_ENDLESS' });
  });

  it('where digests are to stay', async () => {
    const converting = convert(placeOf(docker), 'oci', { preserveDigests: true });
    await expect(converting).rejects.toMatchObject({ code: 'DIGEST_CHANGES' });
  });
});

it('lets a registry take layers over from where they are', async () => {
  const source = placeOf(docker);
  const asked: unknown[] = [];
  const target = createMemoryImagePlace({
    async claimBlob(_blob, from) {
      asked.push(from);
      return undefined;
    },
  });
  const choice = { platforms: 'all', referrers: true, preserveDigests: false, parallel: 2, format: 'oci' } as const;
  await copyImage(source, target, choice, {}, never);
  expect(new Set(asked)).toEqual(new Set([source]));
});
