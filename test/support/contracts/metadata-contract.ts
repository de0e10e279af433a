/** What every store of metadata does, run against each of them. */
import { describe } from 'vitest';
import type { Clock, Metadata } from '../../../src/registry/core/ports.ts';
import { accessTokenFacts } from './metadata-access-tokens.ts';
import { accountFacts } from './metadata-accounts.ts';
import { blobFacts } from './metadata-blobs.ts';
import { indexFacts } from './metadata-indexes.ts';
import { manifestFacts } from './metadata-manifests.ts';
import { referrerFacts } from './metadata-referrers.ts';
import { repositoryFacts } from './metadata-repositories.ts';
import { sweepFacts } from './metadata-sweeps.ts';
import { tagFacts } from './metadata-tags.ts';
import { uploadFacts } from './metadata-uploads.ts';

/** Opens an empty store; it must take the time from the clock. */
export type OpenMetadata = (clock: Clock) => Promise<Metadata>;

/** The time in every test of the contract. */
const NOW = new Date('2026-11-21T10:00:00.000Z');

/** The facts of a store of metadata. */
export function metadataContract(openAt: OpenMetadata): void {
  const open = (): Promise<Metadata> => openAt({ now: () => NOW });
  describe('repositories', () => repositoryFacts(open));
  describe('blobs', () => blobFacts(open));
  describe('manifests', () => manifestFacts(open));
  describe('tags', () => tagFacts(open));
  describe('referrers', () => referrerFacts(open));
  describe('uploads', () => uploadFacts(open));
  describe('indexes', () => indexFacts(open));
  describe('sweeps', () => sweepFacts(open));
  describe('accounts', () => accountFacts(open));
  describe('access tokens', () => accessTokenFacts(open, NOW));
}
