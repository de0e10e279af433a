/** The kinds of manifests clients push, made from an episode's blobs. */
import type { Digest } from '../../../src/oci/digest.ts';
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_LAYER,
  OCI_MANIFEST,
} from '../../../src/oci/media-types.ts';
import type { Random } from '../seeded-random.ts';
import type { BlobContent } from './blob-content.ts';
import {
  type ManifestContent,
  type ManifestDraft,
  type Reference,
  descriptorOf,
  manifestOf,
  said,
} from './manifest-content.ts';

const ARTIFACT = 'application/vnd.example.sbom.v1+json';
const SIGNATURE = 'application/vnd.example.signature.v1';
const UNHEARD_OF = 'application/vnd.example.thing.manifest.v3+json';
const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
const FOREIGN_LAYER = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';

type Blobs = readonly BlobContent[];

/** An image of a config and some layers; every second says its own media type and is then also pushed as plain JSON. */
export function image(number: number, blobs: Blobs, random: Random): ManifestContent {
  const { json, references } = imageJson(blobs, random, OCI_CONFIG);
  const isOutspoken = number % 2 === 0;
  return manifestOf({
    name: `image ${number}`,
    json: {
      schemaVersion: 2,
      ...(isOutspoken ? { mediaType: OCI_MANIFEST } : {}),
      ...json,
      annotations: { number: String(number) },
    },
    types: isOutspoken
      ? [said(OCI_MANIFEST), { contentType: 'application/json', servedAs: OCI_MANIFEST }]
      : [said(OCI_MANIFEST)],
    references,
    artifactType: OCI_CONFIG,
    ...(number % 3 === 0 ? { indent: number } : {}),
    hasSha512: number === 1,
  });
}

/** A Docker image with a layer that stays with its publisher. */
export function dockerImage(blobs: Blobs, random: Random): ManifestContent {
  const { json, references } = imageJson(blobs, random, DOCKER_CONFIG);
  const absent = `sha256:${'f0'.repeat(32)}` as Digest;
  const layers = [
    ...json.layers,
    { mediaType: FOREIGN_LAYER, digest: absent, size: 77, urls: ['https://example.com/layer'] },
  ];
  return manifestOf({
    name: 'docker image',
    json: { schemaVersion: 2, mediaType: DOCKER_MANIFEST, ...json, layers },
    types: [said(DOCKER_MANIFEST)],
    references: [...references, { digest: absent, kind: 'blob', optional: true }],
    artifactType: DOCKER_CONFIG,
    indent: 3,
  });
}

/** Bytes that say nothing of their kind: some clients push them as one thing, some as another. */
export function ambiguousImage(blobs: Blobs, random: Random): ManifestContent {
  const { json, references } = imageJson(blobs, random, OCI_CONFIG);
  const types = [said(OCI_MANIFEST), said(DOCKER_MANIFEST), { contentType: '', servedAs: OCI_MANIFEST }] as const;
  return manifestOf({
    name: 'ambiguous image',
    json: { schemaVersion: 2, ...json },
    types,
    references,
    artifactType: OCI_CONFIG,
  });
}

/** A manifest of a kind the registry has never heard of, which names blobs all the same. */
export function unheardOf(blobs: Blobs, random: Random): ManifestContent {
  const { json, references } = imageJson(blobs, random, 'application/vnd.example.config');
  return manifestOf({
    name: 'unheard-of manifest',
    json: { layers: json.layers, config: json.config, extra: ['é', 1e3] },
    types: [said(UNHEARD_OF)],
    references,
    artifactType: 'application/vnd.example.config',
  });
}

/** An index of manifests, or a list, as Docker has it. */
export function index(name: string, children: readonly ManifestContent[], isDocker = false): ManifestContent {
  const mediaType = isDocker ? DOCKER_MANIFEST_LIST : OCI_INDEX;
  const manifests = children.map((child) => ({
    ...descriptorOf(child),
    platform: { os: 'linux', architecture: child.name },
  }));
  return manifestOf({
    name,
    json: { schemaVersion: 2, mediaType, manifests },
    types: [said(mediaType)],
    references: children.map(({ digests }) => ({ digest: digests[0], kind: 'manifest', optional: false })),
    artifactType: undefined,
    hasSha512: isDocker,
  });
}

/** Something that belongs to another manifest, which may or may not be there. */
export function artifact(number: number, subject: ManifestContent, blobs: Blobs, random: Random): ManifestContent {
  const draft = number % 2 === 0 ? signatureDraft(blobs, random) : sbomDraft(blobs, random);
  const { json, ...facts } = draft;
  const name = `artifact ${number} of ${subject.name}`;
  return manifestOf({
    ...facts,
    name,
    json: { ...json, subject: descriptorOf(subject), annotations: { name, 'é"\\': '\n' } },
  });
}

function sbomDraft(blobs: Blobs, random: Random): ManifestDraft {
  const { json, references } = imageJson(blobs, random, OCI_EMPTY);
  return {
    name: 'sbom',
    json: { schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType: ARTIFACT, ...json },
    types: [said(OCI_MANIFEST)],
    references,
    artifactType: ARTIFACT,
  };
}

/** Its kind is its config's. */
function signatureDraft(blobs: Blobs, random: Random): ManifestDraft {
  const { json, references } = imageJson(blobs, random, SIGNATURE);
  return {
    name: 'signature',
    json: { schemaVersion: 2, ...json },
    types: [said(OCI_MANIFEST)],
    references,
    artifactType: SIGNATURE,
  };
}

interface ImageJson {
  readonly config: object;
  readonly layers: readonly object[];
}

function imageJson(
  blobs: Blobs,
  random: Random,
  configType: string,
): { readonly json: ImageJson; readonly references: Reference[] } {
  const config = random.pick(blobs);
  const layers = random.some(blobs, 0.2);
  const references = new Set([config, ...layers].map(({ digests }) => digests[0]));
  return {
    json: {
      config: blobDescriptor(config, configType),
      layers: layers.map((layer) => blobDescriptor(layer, OCI_LAYER)),
    },
    references: [...references].map((digest) => ({ digest, kind: 'blob', optional: false })),
  };
}

function blobDescriptor({ bytes, digests }: BlobContent, mediaType: string): object {
  return { mediaType, digest: digests[0], size: bytes.length };
}
