/** The first schema: content of repositories, upload sessions, users, their tokens and permissions, secrets. */

/**
 * Digests are kept as text, so that their byte order is the order of lists and rows can be read by people.
 * Content belongs to a repository from the first column of its key on: what one repository holds lies together,
 * and no question about one repository can be answered from another's rows.
 *
 * `repositories.waiting` is a place in the queue of repositories whose index has to be kept; NULL: none is due.
 * Numbers that outsiders remember (users, tokens, permissions) are never given twice: AUTOINCREMENT.
 * Sizes end at 2^53 - 1, the last integer that every reader of this schema can represent.
 */
export const FIRST_SCHEMA = `
CREATE TABLE repositories (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL DEFAULT 0,
  waiting INTEGER
) STRICT;
CREATE INDEX repositories_waiting ON repositories (waiting) WHERE waiting IS NOT NULL;

CREATE TABLE blobs (
  repository INTEGER NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size BETWEEN 0 AND 9007199254740991),
  PRIMARY KEY (repository, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_digest ON blobs (digest);

CREATE TABLE manifests (
  id INTEGER PRIMARY KEY,
  repository INTEGER NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  media_type TEXT NOT NULL,
  subject TEXT,
  artifact_type TEXT,
  annotations TEXT,
  bytes BLOB NOT NULL,
  UNIQUE (repository, digest)
) STRICT;
CREATE INDEX manifests_subject ON manifests (repository, subject, digest) WHERE subject IS NOT NULL;
CREATE INDEX manifests_subject_type ON manifests (repository, subject, artifact_type, digest) WHERE subject IS NOT NULL;

CREATE TABLE manifest_references (
  repository INTEGER NOT NULL,
  digest TEXT NOT NULL,
  manifest INTEGER NOT NULL REFERENCES manifests (id) ON DELETE CASCADE,
  PRIMARY KEY (repository, digest, manifest)
) STRICT, WITHOUT ROWID;
CREATE INDEX manifest_references_manifest ON manifest_references (manifest);

CREATE TABLE tags (
  repository INTEGER NOT NULL,
  name TEXT NOT NULL,
  manifest INTEGER NOT NULL REFERENCES manifests (id) ON DELETE CASCADE,
  PRIMARY KEY (repository, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_manifest ON tags (manifest, name);

CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  repository TEXT NOT NULL,
  owner TEXT,
  algorithm TEXT NOT NULL,
  started_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  folded_name TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
  password_version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE access_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  limits TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  UNIQUE (user_id, name)
) STRICT;

CREATE TABLE permissions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  audience TEXT NOT NULL CHECK (audience IN ('anonymous', 'authenticated', 'user')),
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  pattern TEXT NOT NULL,
  actions TEXT NOT NULL,
  CHECK ((audience = 'user') = (user_id IS NOT NULL))
) STRICT;
CREATE INDEX permissions_user ON permissions (user_id) WHERE user_id IS NOT NULL;
INSERT INTO permissions (audience, pattern, actions) VALUES ('anonymous', '**', '["pull"]');

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('accounts', 1);
`;
