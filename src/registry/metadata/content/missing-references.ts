/** The check that what a manifest needs is in its repository. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Digest } from '../../../oci/digest.ts';
import type { ManifestReference } from '../../../oci/manifest.ts';
import type { BlobRows } from './blob-rows.ts';

const HAS_MANIFEST = 'SELECT 1 FROM manifests WHERE repository = ? AND digest = ?';

/** Finds what is missing. To be used inside the transaction that stores the manifest. */
export class MissingReferences {
  readonly #blobs: BlobRows;
  readonly #hasManifest: StatementSync;

  constructor(database: DatabaseSync, blobs: BlobRows) {
    this.#blobs = blobs;
    this.#hasManifest = database.prepare(HAS_MANIFEST);
  }

  /**
   * @param repository undefined for one that has never held content: it lacks everything
   * @returns the digests of references that the repository lacks, in their order
   */
  find(repository: number | undefined, required: readonly ManifestReference[]): Digest[] {
    return required
      .filter((reference) => repository === undefined || !this.#isThere(repository, reference))
      .map((reference) => reference.digest);
  }

  /** Some clients push the children of an index as blobs. */
  #isThere(repository: number, { digest, kind }: ManifestReference): boolean {
    if (kind === 'manifest' && this.#hasManifest.get(repository, digest) !== undefined) return true;
    return this.#blobs.has(repository, digest);
  }
}
