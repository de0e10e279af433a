/** Copies one image with all it points to, every byte checked, nothing twice. */
import { DevregError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { createBlobMover } from './blob-mover.ts';
import { chooseRoot } from './choose-root.ts';
import type { ImageSource, StoredManifest } from './image-source.ts';
import type { BlobOutcome, ImageTarget } from './image-target.ts';
import { ManifestWalk } from './manifest-walk.ts';

/** What of an image is copied. */
export interface CopyChoice {
  /** `all` keeps an index as it is; `index-only` copies it without children; platforms pick (and so narrow) children. */
  readonly platforms: 'all' | 'index-only' | readonly string[];
  /** Whether what refers to the image comes along: signatures, SBOMs, and what they refer to. */
  readonly referrers: boolean;
  /** Whether a digest that would change makes the copy fail. */
  readonly preserveDigests: boolean;
  /** Blobs at the same time. */
  readonly parallel: number;
}

/** Hears what goes on. */
export interface CopyObserver {
  /** Once for each blob, before its bytes. */
  readonly onBlob?: (blob: Descriptor) => void;
  readonly onBytes?: (count: number) => void;
  readonly onBlobDone?: (blob: Descriptor, outcome: BlobOutcome) => void;
}

/** What a copy came to. */
export interface CopyResult {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifests: number;
  readonly blobs: { readonly [Outcome in BlobOutcome]: number };
  /** That were moved. */
  readonly bytes: number;
}

/** Copies. @throws DevregError of source and target, PLATFORM_ABSENT, DIGEST_CHANGES; the signal's reason */
export type CopyImage = (
  source: ImageSource,
  target: ImageTarget,
  choice: CopyChoice,
  observer: CopyObserver,
  signal: AbortSignal,
) => Promise<CopyResult>;

/** As the type says. What fails ends what else is under way; blobs that are there by then stay for the next try. */
export const copyImage: CopyImage = async (source, target, choice, observer, signal) => {
  const failure = new AbortController();
  const fail = (error: unknown) => failure.abort(error);
  const either = AbortSignal.any([signal, failure.signal]);
  const { manifest: root, isWhole } = await readChosen(source, choice, either);
  const blobs = createBlobMover(source, target, choice.parallel, observer, either);
  const walk = new ManifestWalk({ ...choice, source, target, blobs, isWhole, signal: either, fail });
  try {
    await walk.copyBelow(root);
    await target.finish(root, either);
  } catch (error) {
    // The first failure is the reason; those that follow from it are not.
    const first: unknown = failure.signal.aborted ? failure.signal.reason : error;
    fail(first);
    await Promise.all([walk.settle(), blobs.settle()]);
    throw signal.aborted ? signal.reason : first;
  }
  const { digest, mediaType } = root;
  return { digest, mediaType, manifests: walk.written + 1, blobs: { ...blobs.counts }, bytes: blobs.bytes };
};

/** What is to be copied, and whether that is what the source has under its own digest. */
async function readChosen(
  source: ImageSource,
  { platforms, preserveDigests }: CopyChoice,
  signal: AbortSignal,
): Promise<{ readonly manifest: StoredManifest; readonly isWhole: boolean }> {
  const root = await source.readRoot(signal);
  if (typeof platforms === 'string') return { manifest: root, isWhole: true };
  const chosen = chooseRoot(root, platforms, source.name);
  if (chosen.kind === 'child') {
    return { manifest: await source.readManifest(chosen.descriptor.digest, signal), isWhole: true };
  }
  if (chosen.kind === 'narrowed' && preserveDigests) {
    throw new DevregError('failure', 'DIGEST_CHANGES', `${source.name} with fewer platforms has another digest.`, {
      hint: 'Copy all platforms, or a single one, or do without --preserve-digests.',
    });
  }
  return { manifest: chosen.manifest, isWhole: chosen.kind === 'kept' };
}
