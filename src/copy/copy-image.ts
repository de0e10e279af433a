/** Copies one image with all it points to, every byte checked, nothing twice. */
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { createBlobMover } from './blob-mover.ts';
import { chooseImage } from './choose-image.ts';
import type { ImageFormat } from './conversion/image-formats.ts';
import { copySignatures } from './copy-signatures.ts';
import type { ImageSource } from './image-source.ts';
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
  /** The format that manifests are to have; undefined: they stay as they are. */
  readonly format?: ImageFormat | undefined;
  /** What a place that holds one image alone gets of an index; undefined: it is refused. */
  readonly system?: string | undefined;
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
  /** What of the image is otherwise than in the source; a sentence each. */
  readonly remarks: readonly string[];
}

/** Copies. @throws DevregError of source and target, PLATFORM_ABSENT, DIGEST_CHANGES, CONVERSION_IMPOSSIBLE; the signal's reason */
export type CopyImage = (
  source: ImageSource,
  target: ImageTarget,
  choice: CopyChoice,
  observer: CopyObserver,
  signal: AbortSignal,
) => Promise<CopyResult>;

/** As the type says. What fails ends what else is under way; blobs that are there by then stay for the next try. */
export const copyImage: CopyImage = async (origin, target, choice, observer, signal) => {
  const failure = new AbortController();
  const fail = (error: unknown) => failure.abort(error);
  const either = AbortSignal.any([signal, failure.signal]);
  const { source, root, isWhole, remarks } = await chooseImage(origin, target, choice, either);
  const left: string[] = [];
  const blobs = createBlobMover(source, target, choice.parallel, observer, either);
  const walk = new ManifestWalk({ ...choice, source, target, blobs, isWhole, signal: either, fail });
  try {
    await walk.copyBelow(root);
    if (choice.referrers) left.push(...(await copySignatures(origin, target, [root.digest, ...walk.digests])));
    await target.finish(root, either);
  } catch (error) {
    // The first failure is the reason; those that follow from it are not.
    const first: unknown = failure.signal.aborted ? failure.signal.reason : error;
    fail(first);
    await Promise.all([walk.settle(), blobs.settle()]);
    throw signal.aborted ? signal.reason : first;
  }
  const { digest, mediaType } = root;
  return {
    digest,
    mediaType,
    manifests: walk.written + 1,
    blobs: { ...blobs.counts },
    bytes: blobs.bytes,
    remarks: [...remarks, ...left],
  };
};
