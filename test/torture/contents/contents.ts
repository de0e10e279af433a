/** Everything the clients of one episode may push, and the names they push it to. */
import type { Digest } from '../../../src/oci/digest.ts';
import type { Random } from '../seeded-random.ts';
import { type BlobContent, blobOf, makeBlobs } from './blob-content.ts';
import type { ManifestContent } from './manifest-content.ts';
import { ambiguousImage, artifact, dockerImage, image, index, unheardOf } from './manifest-drafts.ts';

/** What there is to push. */
export interface Contents {
  readonly repositories: readonly string[];
  readonly tags: readonly string[];
  readonly blobs: readonly BlobContent[];
  readonly manifests: readonly ManifestContent[];
  /** Digests that are the subject of some manifest. */
  readonly subjects: readonly Digest[];
  blob(digest: Digest): BlobContent | undefined;
}

const REPOSITORIES = ['app', 'team/app', 'team/blobs/tags'];
const TAGS = ['latest', 'Latest', 'v1.0', '_edge'];
const IMAGES = 4;

/** Draws the contents of an episode. */
export function makeContents(random: Random): Contents {
  const plain = makeBlobs(random);
  const manifests = makeManifests(plain, random);
  // Some clients push the children of an index as blobs.
  const children = manifests.slice(0, 2).map(({ bytes }) => blobOf(bytes, false));
  const blobs = [...plain, ...children];
  const byDigest = new Map(blobs.flatMap((blob) => blob.digests.map((digest) => [digest, blob] as const)));
  const subjects = new Set(manifests.map(({ subject }) => subject).filter((subject) => subject !== undefined));
  return {
    repositories: REPOSITORIES,
    tags: TAGS,
    blobs,
    manifests,
    subjects: [...subjects],
    blob: (digest) => byDigest.get(digest),
  };
}

function makeManifests(blobs: readonly BlobContent[], random: Random): ManifestContent[] {
  const images = Array.from({ length: IMAGES }, (_, number) => image(number, blobs, random));
  const docker = dockerImage(blobs, random);
  const platforms = index('index', random.some(images, 0.5));
  const nested = index('nested index', [platforms, random.pick(images)]);
  const list = index('docker list', [docker], true);
  const artifacts = [random.pick(images), platforms, random.pick(images)].map((subject, number) =>
    artifact(number, subject, blobs, random),
  );
  return [
    ...images,
    docker,
    ambiguousImage(blobs, random),
    unheardOf(blobs, random),
    platforms,
    nested,
    list,
    ...artifacts,
  ];
}
