/** Because of which manifests something of a repository stays. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Digest, algorithmOf, hexOf } from '../../../oci/digest.ts';
import { textOf } from '../rows.ts';

const REFERRING = `
SELECT manifests.digest FROM manifest_references
CROSS JOIN manifests ON manifests.id = manifest_references.manifest
WHERE manifest_references.repository = ? AND manifest_references.digest = ? LIMIT ?`;
const REFERRERS = 'SELECT digest FROM manifests WHERE repository = ? AND subject = ? LIMIT ?';
const SUBJECT = `
SELECT subjects.digest FROM manifests
CROSS JOIN manifests AS subjects ON subjects.repository = manifests.repository AND subjects.digest = manifests.subject
WHERE manifests.repository = ? AND manifests.digest = ? LIMIT ?`;
const SIGNATURES = `
SELECT manifests.digest FROM tags
CROSS JOIN manifests ON manifests.id = tags.manifest
WHERE tags.repository = ? AND tags.name >= ? AND tags.name < ? LIMIT ?`;

/** Comes behind every character of a tag. */
const ABOVE_TAGS = '~';

/** Looks for keepers, at most so many. To be used inside a transaction where it decides. */
export class Keepers {
  readonly #referring: StatementSync;
  readonly #referrers: StatementSync;
  readonly #subject: StatementSync;
  readonly #signatures: StatementSync;

  constructor(database: DatabaseSync) {
    this.#referring = database.prepare(REFERRING);
    this.#referrers = database.prepare(REFERRERS);
    this.#subject = database.prepare(SUBJECT);
    this.#signatures = database.prepare(SIGNATURES);
  }

  /** Of a blob: the manifests that reference it. */
  ofBlob(repository: number, digest: Digest, limit: number): Digest[] {
    return this.#referring.all(repository, digest, limit).map((row) => textOf(row, 'digest') as Digest);
  }

  /** Of a manifest without a tag. */
  ofManifest(repository: number, digest: Digest, limit: number): Digest[] {
    const signed = `${algorithmOf(digest)}-${hexOf(digest)}`;
    const looks = [
      (rest: number) => this.#referring.all(repository, digest, rest),
      (rest: number) => this.#referrers.all(repository, digest, rest),
      (rest: number) => this.#subject.all(repository, digest, rest),
      (rest: number) => this.#signatures.all(repository, signed, signed + ABOVE_TAGS, rest),
    ];
    const found: Digest[] = [];
    for (const look of looks) {
      if (found.length >= limit) break;
      found.push(...look(limit - found.length).map((row) => textOf(row, 'digest') as Digest));
    }
    return found;
  }
}
