/** A data folder as a registry with an older schema has left it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { digestOf } from '../../../src/oci/digest.ts';
import { OCI_INDEX } from '../../../src/oci/media-types.ts';
import { MIGRATIONS, migrate } from '../../../src/registry/metadata/migrate.ts';
import { storagePaths } from '../../../src/registry/storage/paths.ts';

/** What `team/app` has: a blob, and a manifest with the tag `v1`. */
export const LAYER = Buffer.from('a layer of before');
export const INDEX = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));

/** Writes it with the first migrations alone. @returns the database's path */
export async function writeOlderFolder(folder: string, schema: number): Promise<string> {
  const { directory, path: blobPath } = storagePaths(folder).blob(digestOf(LAYER));
  await mkdir(directory, { recursive: true });
  await writeFile(blobPath, LAYER);
  const path = join(folder, 'metadata.db');
  await mkdir(dirname(path), { recursive: true });
  using database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL');
  migrate(database, path, MIGRATIONS.slice(0, schema));
  database.exec("INSERT INTO repositories (id, name) VALUES (1, 'team/app')");
  database.prepare('INSERT INTO blobs VALUES (1, ?, ?)').run(digestOf(LAYER), LAYER.length);
  database
    .prepare('INSERT INTO manifests (id, repository, digest, media_type, bytes) VALUES (1, 1, ?, ?, ?)')
    .run(digestOf(INDEX), OCI_INDEX, INDEX);
  database.exec("INSERT INTO tags VALUES (1, 'v1', 1)");
  return path;
}

/** The schema of a database, and whether its pages hold together. */
export function lookAt(path: string): { readonly schema: unknown; readonly check: unknown } {
  using database = new DatabaseSync(path, { readOnly: true });
  const [version, check] = ['user_version', 'quick_check'].map((name) => database.prepare(`PRAGMA ${name}`).get());
  return { schema: version?.['user_version'], check: check?.['quick_check'] };
}
