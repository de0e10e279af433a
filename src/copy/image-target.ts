/** Where images are copied to: a registry, a folder, an archive, an engine. */
import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { ImageSource, StoredManifest } from './image-source.ts';

/** What became of a blob. */
export type BlobOutcome = 'copied' | 'mounted' | 'there';

/**
 * One place for an image. Blobs come before the manifests that name them, children before their index, the root last.
 * Errors are DevregErrors: CONTENT_WRONG, those of the place; the signal's reason. What was refused leaves nothing that
 * can be named.
 */
export interface ImageTarget extends AsyncDisposable {
  /** For sentences, such as `oci:folder:latest`. */
  readonly name: string;
  /** Media types this place cannot hold as they are; undefined: it takes every byte as it is. */
  readonly holdsOnly?: readonly string[];
  hasManifest(digest: Digest, signal: AbortSignal): Promise<boolean>;
  /** Tells how the blob came to be there, without the source if it can: it is there already, or the registry mounts it. */
  claimBlob(
    blob: Descriptor,
    from: ImageSource,
    signal: AbortSignal,
  ): Promise<Exclude<BlobOutcome, 'copied'> | undefined>;
  /**
   * Stores a blob; the target checks digest and size before it is visible.
   * @param open opens the content from an offset on; called again to go on after a failure
   */
  writeBlob(blob: Descriptor, open: (offset: number) => Promise<Readable>, signal: AbortSignal): Promise<void>;
  /**
   * Stores a manifest.
   * @param tags names it gets; none: it is there by its digest alone
   */
  writeManifest(manifest: StoredManifest, tags: readonly string[], signal: AbortSignal): Promise<void>;
  /** Stores what is kept beside an image that is then finished; absent where there is no place for it. */
  writeSignatures?(signatures: ReadonlyMap<Digest, readonly Uint8Array[]>): Promise<void>;
  /** Stores the root under the name that the target was opened with; afterwards the image is there as a whole. */
  finish(root: StoredManifest, signal: AbortSignal): Promise<void>;
}
