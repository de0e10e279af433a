/** A repository's index: an OCI image index that lists its manifests and tags, kept beside the blobs. */
import { type Digest, parseDigest } from '../../oci/digest.ts';
import { OCI_INDEX } from '../../oci/media-types.ts';
import { type Tag, parseTag } from '../../oci/repository.ts';

/** The annotation in which an image layout names a tag. */
const REF_NAME = 'org.opencontainers.image.ref.name';

/** One manifest of a repository. */
export interface IndexEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  readonly tags: readonly Tag[];
}

const HEAD = `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[`;
const TAIL = ']}\n';

/** Writes an index page by page, so that a large repository does not hold up the event loop. */
export function startIndex(): { add(entries: readonly IndexEntry[]): void; finish(): Buffer } {
  const pages: string[] = [];
  return {
    add(entries) {
      const descriptors = entries.flatMap(toDescriptors);
      if (descriptors.length > 0) pages.push(descriptors.map((descriptor) => JSON.stringify(descriptor)).join(',\n'));
    },
    finish: () => Buffer.from(HEAD + pages.join(',\n') + TAIL),
  };
}

/** A manifest with several tags has a descriptor for each. */
function toDescriptors({ digest, mediaType, size, tags }: IndexEntry): object[] {
  const plain = { mediaType, digest, size };
  return tags.length === 0 ? [plain] : tags.map((tag) => ({ ...plain, annotations: { [REF_NAME]: tag } }));
}

/**
 * Reads an index.
 * @returns its manifests, each once with all its tags, without what is not a valid entry; undefined when the bytes are
 * not even JSON, as when a part of the file is lost
 */
export function parseIndex(bytes: Uint8Array): IndexEntry[] | undefined {
  const index = parseJson(bytes);
  if (index === undefined) return undefined;
  const entries = new Map<Digest, IndexEntry>();
  for (const descriptor of descriptorsIn(index)) {
    const { digest: text, mediaType, size, annotations } = descriptor;
    const digest = typeof text === 'string' ? parseDigest(text) : undefined;
    if (digest === undefined || typeof mediaType !== 'string' || typeof size !== 'number') continue;
    const tag = tagIn(annotations);
    const known = entries.get(digest)?.tags ?? [];
    entries.set(digest, { digest, mediaType, size, tags: tag === undefined ? known : [...known, tag] });
  }
  return [...entries.values()];
}

type Json = Readonly<Record<string, unknown>>;

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function descriptorsIn(index: unknown): Json[] {
  const manifests = isJson(index) ? index['manifests'] : undefined;
  return Array.isArray(manifests) ? manifests.filter(isJson) : [];
}

function tagIn(annotations: unknown): Tag | undefined {
  const name = isJson(annotations) ? annotations[REF_NAME] : undefined;
  return typeof name === 'string' ? parseTag(name) : undefined;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
