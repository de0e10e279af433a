/** Tags that must neither move nor go, checked in the transaction that would do it. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Digest } from '../../../oci/digest.ts';
import { type Tag, parseTag } from '../../../oci/repository.ts';
import { tagImmutable } from '../../core/manifests.ts';
import type { NewManifest, TagFilter } from '../../core/ports.ts';
import { textOf } from '../rows.ts';

const DIGEST_OF_TAG = `
SELECT manifests.digest FROM tags CROSS JOIN manifests ON manifests.id = tags.manifest
WHERE tags.repository = ? AND tags.name = ?`;
const TAGS_OF_DIGEST = `
SELECT tags.name FROM manifests CROSS JOIN tags ON tags.manifest = manifests.id
WHERE manifests.repository = ? AND manifests.digest = ?`;

/** Refuses what would change fixed tags. To be used inside a transaction, before anything is written. */
export class FixedTags {
  readonly #digestOfTag: StatementSync;
  readonly #tagsOfDigest: StatementSync;

  constructor(database: DatabaseSync) {
    this.#digestOfTag = database.prepare(DIGEST_OF_TAG);
    this.#tagsOfDigest = database.prepare(TAGS_OF_DIGEST);
  }

  /** A tag that points to this very manifest may be pushed again. @throws RegistryError `tag-immutable` */
  refuseMove(repository: number, { tags, digest, isFixed }: NewManifest): void {
    for (const tag of tags) {
      if (isFixed?.(tag) !== true) continue;
      const row = this.#digestOfTag.get(repository, tag);
      if (row !== undefined && textOf(row, 'digest') !== digest) throw tagImmutable(tag);
    }
  }

  /** @throws RegistryError `tag-immutable` */
  refuseRemoval(repository: number, digest: Digest, isFixed: TagFilter): void {
    const fixed = this.#tagsOfDigest
      .all(repository, digest)
      .map((row) => parseTag(textOf(row, 'name')))
      .find((tag): tag is Tag => tag !== undefined && isFixed(tag));
    if (fixed !== undefined) throw tagImmutable(fixed);
  }
}
