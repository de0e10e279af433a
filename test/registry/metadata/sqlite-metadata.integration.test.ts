/** The metadata in SQLite, on a real disk. */
import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { Durability } from '../../../src/registry/core/ports.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { metadataContract } from '../../support/contracts/metadata-contract.ts';
import { ALL, newManifest, newUpload, repositoryName } from '../../support/contracts/metadata-samples.ts';
import { newDatabasePath } from './new-database-path.ts';

describe.each<Durability>(['full', 'fast'])('on disk, with durability %s', (durability) => {
  metadataContract(async (clock) => openSqliteMetadata({ path: await newDatabasePath(), durability, clock }));

  it('keeps everything from one opening to the next', async () => {
    const path = await newDatabasePath();
    const manifest = newManifest('a/b', { tags: ['latest'] });
    const upload = newUpload('a/b');
    const before = await openSqliteMetadata({ path, durability });
    await before.putManifest(manifest);
    await before.beginUpload(upload);
    const secret = await before.secret('signing', 32);
    await before[Symbol.asyncDispose]();
    await using after = await openSqliteMetadata({ path, durability });
    expect(await after.listTags(manifest.repository, ALL)).toEqual(['latest']);
    expect(await after.findUpload(upload.id)).toEqual(upload);
    expect(await after.secret('signing', 32)).toEqual(secret);
    expect(await after.listPermissions()).toHaveLength(1);
  });

  it('answers what was asked before it was closed, and nothing afterwards', async () => {
    const path = await newDatabasePath();
    const metadata = await openSqliteMetadata({ path, durability });
    const name = repositoryName('a');
    const asked = Array.from({ length: 500 }, (_, index) => metadata.linkBlob(name, digestOf(`${index}`), index));
    const closed = metadata[Symbol.asyncDispose]();
    await expect(metadata.linkBlob(name, digestOf('late'), 1)).rejects.toThrow('closed');
    await Promise.all(asked);
    await closed;
    await metadata[Symbol.asyncDispose]();
    await using after = await openSqliteMetadata({ path, durability });
    expect(await after.findBlob(name, digestOf('499'))).toEqual({ size: 499 });
    expect(await after.findBlob(name, digestOf('late'))).toBeUndefined();
  });

  it('answers a thousand writes that were queued at once', async () => {
    await using metadata = await openSqliteMetadata({ path: await newDatabasePath(), durability });
    const name = repositoryName('busy');
    const blobs = Array.from({ length: 200 }, (_, index) => digestOf(`blob ${index}`));
    const links = blobs.map((digest, index) => metadata.linkBlob(name, digest, index));
    const manifests = Array.from({ length: 800 }, (_, index) => {
      const references = [{ digest: blobs[index % 200] ?? digestOf(''), kind: 'blob', optional: false } as const];
      return metadata.putManifest(
        newManifest(name, { text: `${index}`, tags: [`t${index}`, 'latest'], facts: { references } }),
      );
    });
    await Promise.all(links);
    expect((await Promise.all(manifests)).flat()).toEqual([]);
    expect(await metadata.listTags(name, ALL)).toHaveLength(801);
    const latest = await metadata.findManifest(name, 'latest' as never);
    expect(latest?.digest).toBe(digestOf('799'));
  });
});

describe('the files', () => {
  it('can be read by their owner alone', async () => {
    const path = await newDatabasePath();
    await using metadata = await openSqliteMetadata({ path, durability: 'full' });
    await metadata.secret('signing', 32);
    const modes = await Promise.all(
      ['', '-wal', '-shm'].map(async (suffix) => (await stat(path + suffix)).mode & 0o777),
    );
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });
});
