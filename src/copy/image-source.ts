/** Where images are copied from: a registry, a folder, an archive, an engine. */
import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';

/** A manifest as it is stored, byte for byte. */
export interface StoredManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Of the bytes; whoever hands out a manifest has checked it. */
  readonly digest: Digest;
}

/**
 * One image (or index, or artifact) somewhere, with all it points to. Errors are DevregErrors: IMAGE_NOT_FOUND,
 * CONTENT_WRONG (bytes that are not what their digest says), those of the place; the signal's reason.
 */
export interface ImageSource extends AsyncDisposable {
  /** For sentences, such as `docker://localhost:5001/app:1`. */
  readonly name: string;
  /** Where its blobs are, when this one only changes manifests: a registry may take them over from there by itself. */
  readonly origin?: ImageSource;
  /** What the reference leads to. */
  readRoot(signal: AbortSignal): Promise<StoredManifest>;
  /** A child of an index, or a referrer. */
  readManifest(digest: Digest, signal: AbortSignal): Promise<StoredManifest>;
  /**
   * The bytes of a config or layer, streamed; the stream fails with CONTENT_WRONG at its end when they are not what the
   * digest says, and resumes by itself where a connection broke.
   * @param offset where to begin, for a target that has the start already; the digest is then the reader's to check
   */
  openBlob(blob: Descriptor, signal: AbortSignal, offset?: number): Promise<Readable>;
  /**
   * Signatures that are kept beside the image and not in it, by the manifests that they are about; absent where there
   * is no such thing.
   * @see https://github.com/containers/image/blob/main/docs/containers-signature.5.md
   */
  readSignatures?(): Promise<ReadonlyMap<Digest, readonly Uint8Array[]>>;
  /** What refers to a manifest: referrers, and what clients attach by a tag of the digest (`sha256-….sig`). */
  listReferrers(digest: Digest, signal: AbortSignal): Promise<readonly Referrer[]>;
}

/** Something attached to a manifest. */
export interface Referrer {
  readonly descriptor: Descriptor;
  /** The tag it is attached by; undefined when it names its subject itself. */
  readonly tag: string | undefined;
}
