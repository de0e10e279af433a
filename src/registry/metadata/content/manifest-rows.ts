/** Rows of manifests, their references and their tags, as one push writes them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Tag } from '../../../oci/repository.ts';
import type { NewManifest } from '../../core/ports.ts';
import { integerOf, textOf } from '../rows.ts';
import { writeAnnotations } from './annotations.ts';

const FIND = 'SELECT id, media_type FROM manifests WHERE repository = ? AND digest = ?';
const ADD = `
INSERT INTO manifests (repository, digest, media_type, subject, artifact_type, annotations, bytes)
VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`;
const ADD_REFERENCE = `
INSERT INTO manifest_references (repository, digest, manifest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`;
const SET_MEDIA_TYPE = 'UPDATE manifests SET media_type = ? WHERE id = ?';
const POINT_TAG = `
INSERT INTO tags (repository, name, manifest) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET manifest = excluded.manifest WHERE manifest <> excluded.manifest`;

/** Writes manifests. To be used inside a transaction. */
export class ManifestRows {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #addReference: StatementSync;
  readonly #setMediaType: StatementSync;
  readonly #pointTag: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(FIND);
    this.#add = database.prepare(ADD);
    this.#addReference = database.prepare(ADD_REFERENCE);
    this.#setMediaType = database.prepare(SET_MEDIA_TYPE);
    this.#pointTag = database.prepare(POINT_TAG);
  }

  /**
   * Stores a manifest. A digest names bytes, not a media type: when it is there, the type it is pushed with now holds.
   * @returns the manifest's number, and whether anything changed
   */
  store(repository: number, manifest: NewManifest): { readonly id: number; readonly isChanged: boolean } {
    const row = this.#find.get(repository, manifest.digest);
    if (row === undefined) return { id: this.#insert(repository, manifest), isChanged: true };
    const id = integerOf(row, 'id');
    const isChanged = textOf(row, 'media_type') !== manifest.facts.mediaType;
    if (isChanged) this.#setMediaType.run(manifest.facts.mediaType, id);
    return { id, isChanged };
  }

  /** Points tags to a manifest. @returns whether any of them was new or pointed elsewhere */
  pointTags(repository: number, tags: readonly Tag[], manifest: number): boolean {
    const moved = tags.filter((tag) => this.#pointTag.run(repository, tag, manifest).changes !== 0);
    return moved.length > 0;
  }

  #insert(repository: number, { digest, bytes, facts }: NewManifest): number {
    const { mediaType, subject, artifactType, annotations, references } = facts;
    const row = this.#add.get(
      repository,
      digest,
      mediaType,
      subject ?? null,
      artifactType ?? null,
      writeAnnotations(annotations),
      bytes,
    );
    if (row === undefined) throw new Error(`The manifest ${digest} was not stored.`);
    const id = integerOf(row, 'id');
    for (const reference of references) this.#addReference.run(repository, reference.digest, id);
    return id;
  }
}
