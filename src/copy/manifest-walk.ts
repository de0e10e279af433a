/** Goes through the manifests of an image and copies them, what they point to first, what refers to them along with them. */
import { DevregError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type ManifestContent, readManifestContent } from '../oci/manifest-content.ts';
import { isProblem } from '../oci/manifest.ts';
import { isImageManifest } from '../oci/media-types.ts';
import type { BlobMover } from './blob-mover.ts';
import type { CopyChoice } from './copy-image.ts';
import type { ImageSource, Referrer, StoredManifest } from './image-source.ts';
import type { ImageTarget } from './image-target.ts';
import { createLimit } from './semaphore.ts';

/** Between which places, and what of the image. */
export interface WalkPlan extends Pick<CopyChoice, 'platforms' | 'referrers'> {
  readonly source: ImageSource;
  readonly target: ImageTarget;
  readonly blobs: BlobMover;
  /** Whether the root is what the source has under its digest, so that what refers to it there is about it. */
  readonly isWhole: boolean;
  readonly signal: AbortSignal;
  /** Ends everything, when what nobody waits for just then has failed. */
  readonly fail: (error: unknown) => void;
}

/** How deep indexes may hold indexes, and referrers have referrers. */
const DEPTH_MAX = 8;

/** Manifests in one image, with all that refers to it: what has more never ends. */
const MANIFESTS_MAX = 10_000;

/** Questions about manifests at the same time. */
const PARALLEL = 8;

/** Copies all but the root itself. */
export class ManifestWalk {
  readonly #plan: WalkPlan;
  readonly #limit = createLimit(PARALLEL);
  readonly #copies = new Map<Digest, Promise<void>>();
  /** Apart from the copies, which wait for one another: whoever says what refers to what may lie, and go in a circle. */
  readonly #attaching: Promise<void>[] = [];
  #written = 0;

  constructor(plan: WalkPlan) {
    this.#plan = plan;
  }

  /** Manifests that were stored. */
  get written(): number {
    return this.#written;
  }

  /** Those that are in the target, but the root. */
  get digests(): readonly Digest[] {
    return [...this.#copies.keys()];
  }

  /** Settles when everything that the root points to, and all that refers to it, is in the target. */
  async copyBelow(root: StoredManifest): Promise<void> {
    const { platforms, isWhole, signal } = this.#plan;
    if (isWhole) this.#attach(root.digest, 0);
    if (platforms !== 'index-only') await this.#copyRoot(root);
    // Those that are waited for may add to the list.
    for (const attached of this.#attaching) await attached;
    signal.throwIfAborted();
  }

  /** Waits for what was begun, however it ends. */
  async settle(): Promise<void> {
    await Promise.allSettled([...this.#copies.values(), ...this.#attaching]);
  }

  async #copyRoot(root: StoredManifest): Promise<void> {
    const { target, signal } = this.#plan;
    const isThere = isImageManifest(root.mediaType) && (await target.hasManifest(root.digest, signal));
    if (!isThere) await this.#copyContent(root, 0);
  }

  async #copyContent(manifest: StoredManifest, depth: number): Promise<void> {
    const { source, target, blobs } = this.#plan;
    const content = contentOf(manifest, source.name);
    refuseForeign(content, target);
    const children = content.manifests.map((child) => this.#copyOnce(child, depth + 1));
    await Promise.all([...content.blobs.map((blob) => blobs.move(blob)), ...children]);
  }

  #copyOnce(descriptor: Descriptor, depth: number): Promise<void> {
    const { digest } = descriptor;
    const known = this.#copies.get(digest);
    if (known !== undefined) return known;
    const isTooMuch = depth > DEPTH_MAX || this.#copies.size >= MANIFESTS_MAX;
    if (isTooMuch) return Promise.reject(tooMuch(this.#plan.source.name));
    const copy = this.#copyManifest(descriptor, depth);
    this.#copies.set(digest, copy);
    this.#attach(digest, depth);
    return copy;
  }

  async #copyManifest({ digest, mediaType }: Descriptor, depth: number): Promise<void> {
    const { source, target, signal } = this.#plan;
    signal.throwIfAborted();
    const isThere = await this.#limit(() => target.hasManifest(digest, signal));
    // A manifest that is there has its blobs; an index may be there without its children.
    if (isThere && isImageManifest(mediaType)) return;
    const manifest = await this.#limit(() => source.readManifest(digest, signal));
    await this.#copyContent(manifest, depth);
    if (!isThere) await this.#write(manifest, []);
  }

  #attach(digest: Digest, depth: number): void {
    const { referrers, target, fail } = this.#plan;
    if (!referrers || target.holdsOnly !== undefined) return;
    this.#attaching.push(this.#copyReferrers(digest, depth).catch(fail));
  }

  async #copyReferrers(digest: Digest, depth: number): Promise<void> {
    const { source, signal } = this.#plan;
    const found = await this.#limit(() => source.listReferrers(digest, signal));
    await Promise.all(found.map((referrer) => this.#copyReferrer(referrer, depth + 1)));
  }

  async #copyReferrer({ descriptor, tag }: Referrer, depth: number): Promise<void> {
    const { source, signal } = this.#plan;
    await this.#copyOnce(descriptor, depth);
    if (tag !== undefined) await this.#write(await source.readManifest(descriptor.digest, signal), [tag]);
  }

  async #write(manifest: StoredManifest, tags: readonly string[]): Promise<void> {
    const { target, signal } = this.#plan;
    await this.#limit(() => target.writeManifest(manifest, tags, signal));
    this.#written++;
  }
}

/** @param name of the source. @throws DevregError MANIFEST_INVALID */
export function contentOf({ bytes, mediaType, digest }: StoredManifest, name: string): ManifestContent {
  const content = readManifestContent(bytes, mediaType);
  if (!isProblem(content)) return content;
  throw new DevregError('failure', 'MANIFEST_INVALID', `The manifest ${digest} of ${name}: ${content.problem}`, {
    hint: 'Whoever made the image made it wrong.',
  });
}

function refuseForeign({ mediaType }: ManifestContent, { name, holdsOnly }: ImageTarget): void {
  if (holdsOnly === undefined || holdsOnly.includes(mediaType)) return;
  throw new DevregError('failure', 'MANIFEST_NOT_HELD', `${name} cannot hold ${mediaType}.`, {
    hint: 'Choose one platform with --platform, or copy to oci: or oci-archive:, which take everything.',
  });
}

/** What goes on for ever is refused. @param name of the source */
export function tooMuch(name: string): DevregError {
  return new DevregError('failure', 'IMAGE_ENDLESS', `${name} has more manifests below one another than any image.`, {
    hint: 'Nothing of it is kept; see what answers there.',
  });
}
