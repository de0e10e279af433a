/** The metadata in SQLite, in memory. */
import { describe } from 'vitest';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { metadataContract } from '../../support/contracts/metadata-contract.ts';

describe('in memory', () => {
  metadataContract((clock) => openSqliteMetadata({ path: ':memory:', durability: 'full', clock }));
});
