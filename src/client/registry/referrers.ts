/** What refers to a manifest: by the API, by the tag that stands in for it, and by tags that clients agreed on. */
import type { Referrer } from '../../copy/image-source.ts';
import { isDevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, algorithmOf, hexOf } from '../../oci/digest.ts';
import { isProblem, parseManifest } from '../../oci/manifest.ts';
import { readDescriptors } from '../../oci/manifest-content.ts';
import { OCI_INDEX } from '../../oci/media-types.ts';
import { discardBody } from './answer-body.ts';
import { listPages } from './lists.ts';
import { getManifest, headManifest, putManifest } from './manifests.ts';
import { pullNeed } from './needs.ts';
import type { SentManifest } from './registry-client.ts';
import type { Session } from './session.ts';

/** How cosign names what belongs to a digest. @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
const ATTACHMENTS = ['sig', 'att', 'sbom'];

/** Lists all that is attached to a manifest. */
export async function listReferrers(
  session: Session,
  repository: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Referrer[]> {
  const tags = ATTACHMENTS.map((ending) => `${tagOf(digest)}.${ending}`);
  const [descriptors, ...attached] = await Promise.all([
    readReferrers(session, repository, digest, signal),
    ...tags.map((tag) => headManifest(session, repository, tag, signal)),
  ]);
  return [
    ...descriptors.map((descriptor) => ({ descriptor, tag: undefined })),
    ...attached.flatMap((descriptor, index) => (descriptor === undefined ? [] : [{ descriptor, tag: tags[index] }])),
  ];
}

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers */
async function readReferrers(
  session: Session,
  repository: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  const question = {
    path: `/v2/${repository}/referrers/${digest}`,
    need: pullNeed(repository),
    headers: { accept: OCI_INDEX },
    what: `to list what refers to ${digest}`,
    read: (body: object) => readDescriptors(body, 'manifests'),
  };
  const found: Descriptor[] = [];
  for await (const page of listPages(session, question, signal)) {
    if (page === undefined) return readFallback(session, repository, digest, signal);
    found.push(...(page as readonly Descriptor[]));
  }
  return found;
}

async function readFallback(
  session: Session,
  repository: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  try {
    const { bytes } = await getManifest(session, repository, tagOf(digest), signal);
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return readDescriptors(value, 'manifests') ?? [];
  } catch (error) {
    if (isDevregError(error) && error.code === 'IMAGE_NOT_FOUND') return [];
    throw error;
  }
}

/** The subject that a manifest names itself. */
export function subjectOf({ bytes, mediaType }: SentManifest): Digest | undefined {
  const facts = parseManifest(bytes, mediaType);
  return isProblem(facts) ? undefined : facts.subject;
}

/**
 * Adds a manifest to the index that stands in for the API where a registry has none. Whoever does so at the same time
 * from elsewhere may be overwritten: the specification knows no way around that.
 */
export async function noteReferrer(
  session: Session,
  repository: string,
  subject: Digest,
  { bytes, mediaType, digest }: SentManifest & { readonly digest: Digest },
  signal: AbortSignal,
): Promise<void> {
  if (await hasReferrersApi(session, repository, subject, signal)) return;
  const known = await readFallback(session, repository, subject, signal);
  if (known.some((entry) => entry.digest === digest)) return;
  const facts = parseManifest(bytes, mediaType);
  const { artifactType, annotations } = isProblem(facts) ? {} : facts;
  const entry = {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...known, entry] };
  const manifest = { bytes: Buffer.from(JSON.stringify(index)), mediaType: OCI_INDEX };
  await putManifest(session, repository, tagOf(subject), manifest, signal);
}

async function hasReferrersApi(
  session: Session,
  repository: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `/v2/${repository}/referrers/${digest}`;
  const answer = await session.ask({ method: 'GET', path, need: pullNeed(repository) }, signal);
  discardBody(answer);
  return answer.statusCode === 200;
}

/** The tag that stands for a digest. */
function tagOf(digest: Digest): string {
  return `${algorithmOf(digest)}-${hexOf(digest).slice(0, TAG_HEX_MAX)}`;
}

/** Longer digests would make no tag. */
const TAG_HEX_MAX = 64;
