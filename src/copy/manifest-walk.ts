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

/** Copies all but the root itself. */
export interface ManifestWalk {
  /** Settles when everything that the manifest points to, and all that refers to it, is in the target. */
  copyBelow(root: StoredManifest): Promise<void>;
  /** Waits for what was begun, however it ends. */
  settle(): Promise<void>;
  readonly written: number;
}

/** How deep indexes may hold indexes, and referrers have referrers. */
const DEPTH_MAX = 8;

/** Manifests in one image, with all that refers to it: what has more never ends. */
const MANIFESTS_MAX = 10_000;

/** Questions about manifests at the same time. */
const PARALLEL = 8;

/** Makes a walk. @param fail ends everything, when what nobody waits for just then has failed */
export function createManifestWalk(
  source: ImageSource,
  target: ImageTarget,
  blobs: BlobMover,
  { platforms, referrers, isWhole }: CopyChoice & { readonly isWhole: boolean },
  { signal, fail }: { readonly signal: AbortSignal; readonly fail: (error: unknown) => void },
): ManifestWalk {
  const limit = createLimit(PARALLEL);
  const copies = new Map<Digest, Promise<void>>();
  // Apart from the copies, which wait for one another: whoever says what refers to what may lie, and go in a circle.
  const attaching: Promise<void>[] = [];
  const withReferrers = referrers && target.holdsOnly === undefined;
  let written = 0;

  const write = async (manifest: StoredManifest, tag: string | undefined): Promise<void> => {
    await limit(() => target.writeManifest(manifest, tag === undefined ? [] : [tag], signal));
    written++;
  };
  const copyContent = async (manifest: StoredManifest, depth: number): Promise<void> => {
    const content = contentOf(manifest, source.name);
    refuseForeign(content, target);
    const children = content.manifests.map((child) => copyOnce(child, depth + 1));
    await Promise.all([...content.blobs.map((blob) => blobs.move(blob)), ...children]);
  };
  const copyManifest = async ({ digest, mediaType }: Descriptor, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const isThere = await limit(() => target.hasManifest(digest, signal));
    // A manifest that is there has its blobs; an index may be there without its children.
    if (isThere && isImageManifest(mediaType)) return;
    const manifest = await limit(() => source.readManifest(digest, signal));
    await copyContent(manifest, depth);
    if (!isThere) await write(manifest, undefined);
  };
  const copyOnce = (descriptor: Descriptor, depth: number): Promise<void> => {
    const { digest } = descriptor;
    const known = copies.get(digest);
    if (known !== undefined) return known;
    if (depth > DEPTH_MAX || copies.size >= MANIFESTS_MAX) return Promise.reject(tooMuch(source.name));
    const copy = copyManifest(descriptor, depth);
    copies.set(digest, copy);
    attach(digest, depth);
    return copy;
  };
  const copyReferrer = async ({ descriptor, tag }: Referrer, depth: number): Promise<void> => {
    await copyOnce(descriptor, depth);
    if (tag !== undefined) await write(await source.readManifest(descriptor.digest, signal), tag);
  };
  const attach = (digest: Digest, depth: number): void => {
    if (!withReferrers) return;
    const attached = limit(() => source.listReferrers(digest, signal)).then(async (found) => {
      await Promise.all(found.map((referrer) => copyReferrer(referrer, depth + 1)));
    });
    attaching.push(attached.catch(fail));
  };
  const copyRoot = async (root: StoredManifest): Promise<void> => {
    const isThere = isImageManifest(root.mediaType) && (await target.hasManifest(root.digest, signal));
    if (!isThere) await copyContent(root, 0);
  };

  return {
    async copyBelow(root) {
      if (isWhole) attach(root.digest, 0);
      if (platforms !== 'index-only') await copyRoot(root);
      // Those that are waited for may add to the list.
      for (const attached of attaching) await attached;
      signal.throwIfAborted();
    },
    settle: async () => void (await Promise.allSettled([...copies.values(), ...attaching])),
    get written() {
      return written;
    },
  };
}

function contentOf({ bytes, mediaType, digest }: StoredManifest, name: string): ManifestContent {
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

function tooMuch(name: string): DevregError {
  return new DevregError('failure', 'IMAGE_ENDLESS', `${name} has more manifests below one another than any image.`, {
    hint: 'Nothing of it is kept; see what answers there.',
  });
}
