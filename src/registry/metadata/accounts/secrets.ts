/** Secrets of the whole registry, such as the key that signs tokens. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AccountMetadata } from '../../core/account-metadata.ts';
import type { Writes } from '../group-commit.ts';
import { bytesOf } from '../rows.ts';

type Secrets = Pick<AccountMetadata, 'secret'>;

const FIND = 'SELECT bytes FROM secrets WHERE name = ?';
const ADD = 'INSERT INTO secrets (name, bytes) VALUES (?, ?)';

/**
 * Prepares the method of `Metadata` about secrets. Finding one goes through the writes too: a secret must be safe from
 * a power cut before anybody relies on it.
 */
export function openSecrets(database: DatabaseSync, writes: Writes): Secrets {
  const find = database.prepare(FIND);
  const add = database.prepare(ADD);
  return {
    secret: (name, bytes) =>
      writes.run(() => {
        const row = find.get(name);
        if (row !== undefined) return bytesOf(row, 'bytes');
        const made = new Uint8Array(randomBytes(bytes));
        add.run(name, made);
        return made;
      }),
  };
}
