/** A place for images in memory, which tells what was done in which order. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ImageSource, Referrer, StoredManifest } from '../../../src/copy/image-source.ts';
import type { ImageTarget } from '../../../src/copy/image-target.ts';
import { DevregError } from '../../../src/errors.ts';
import { type Digest, algorithmOf, digestOf } from '../../../src/oci/digest.ts';
import { isProblem, parseManifest } from '../../../src/oci/manifest.ts';
import type { Content } from '../images.ts';

/** The place, open for both. */
export interface MemoryImagePlace extends ImageSource, ImageTarget {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  /** Digests by name; the name of the place is `root`. */
  readonly tags: Map<string, Digest>;
  /** Writes, in their order: `blob DIGEST`, `manifest DIGEST TAGS`, `finish DIGEST`. */
  readonly log: string[];
  /** Puts content there without a word. */
  add(...contents: readonly Content[]): void;
  addManifest(manifest: Content, tag?: string): void;
}

/** Makes an empty one. @param changes what is to be different */
export function createMemoryImagePlace(changes: Partial<ImageSource & ImageTarget> = {}): MemoryImagePlace {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, StoredManifest>();
  const tags = new Map<string, Digest>();
  const log: string[] = [];
  const missing = (what: string) => new DevregError('not-found', 'IMAGE_NOT_FOUND', `There is no ${what}.`);
  const wrong = () => new DevregError('failure', 'CONTENT_WRONG', 'It is not what its digest says.');
  const readManifest = async (digest: string): Promise<StoredManifest> => {
    const found = manifests.get(digest);
    if (found === undefined) throw missing(digest);
    return found;
  };
  return {
    name: 'memory',
    blobs,
    manifests,
    tags,
    log,
    add: (...contents) => contents.forEach(({ digest, bytes }) => blobs.set(digest, bytes)),
    addManifest(manifest, tag) {
      manifests.set(manifest.digest, manifest);
      if (tag !== undefined) tags.set(tag, manifest.digest);
    },
    readRoot: async () => readManifest(tags.get('root') ?? 'root'),
    readManifest,
    async openBlob({ digest }, _, offset = 0) {
      const bytes = blobs.get(digest);
      if (bytes === undefined) throw missing(digest);
      const rest = bytes.subarray(offset);
      return Readable.from(rest.length === 0 ? [] : [rest], { objectMode: false });
    },
    async listReferrers(digest): Promise<readonly Referrer[]> {
      const tag = `${digest.replace(':', '-')}.sig`;
      const all = [...manifests.values()].map((one) => ({ ...one, facts: parseManifest(one.bytes, one.mediaType) }));
      const described = ({ mediaType, digest: own, bytes }: StoredManifest) => ({
        mediaType,
        digest: own,
        size: bytes.length,
      });
      return [
        ...all
          .filter(({ facts }) => !isProblem(facts) && facts.subject === digest)
          .map((one) => ({ descriptor: described(one), tag: undefined })),
        ...all.filter((one) => one.digest === tags.get(tag)).map((one) => ({ descriptor: described(one), tag })),
      ];
    },
    hasManifest: async (digest) => manifests.has(digest),
    claimBlob: async ({ digest }) => (blobs.has(digest) ? 'there' : undefined),
    async writeBlob({ digest, size }, open, signal) {
      const aborted = Promise.withResolvers<never>();
      aborted.promise.catch(() => {});
      signal.addEventListener('abort', () => aborted.reject(signal.reason), { once: true });
      const bytes = await Promise.race([open(0).then(buffer), aborted.promise]);
      if (bytes.length !== size || digestOf(bytes, algorithmOf(digest)) !== digest) throw wrong();
      blobs.set(digest, bytes);
      log.push(`blob ${digest}`);
    },
    async writeManifest(manifest, more) {
      manifests.set(manifest.digest, manifest);
      for (const tag of more) tags.set(tag, manifest.digest);
      log.push(['manifest', manifest.digest, ...more].join(' '));
    },
    async finish(root) {
      manifests.set(root.digest, root);
      tags.set('root', root.digest);
      log.push(`finish ${root.digest}`);
    },
    [Symbol.asyncDispose]: async () => {},
    ...changes,
  };
}
