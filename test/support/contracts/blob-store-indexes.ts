/** What a blob store does with the indexes of repositories. */
import { expect, it } from 'vitest';
import type { BlobStore } from '../../../src/registry/core/ports.ts';
import { HELLO, LARGE, newUploadId, readIndexes, repository } from './blob-store-samples.ts';

export function indexFacts(open: () => Promise<BlobStore>): void {
  it('keeps the index of every repository apart', async () => {
    await using store = await open();
    const names = [
      'a',
      'a/b',
      'a/b/c',
      'a-b',
      'a.b',
      'a__b',
      'ab',
      'uploads',
      `${'x'.repeat(253)}/y`,
      `${'z/'.repeat(127)}z`,
    ];
    for (const name of names) await store.writeIndex(repository(name), Buffer.from(`before ${name}`));
    for (const name of names) await store.writeIndex(repository(name), Buffer.from(`after ${name}`));
    expect(await readIndexes(store)).toEqual(new Map(names.map((name) => [name, `after ${name}`])));
  });

  it('removes indexes, whether or not there is one', async () => {
    await using store = await open();
    await store.removeIndex(repository('a'));
    await store.writeIndex(repository('a'), Buffer.alloc(0));
    await store.writeIndex(repository('a/b'), LARGE);
    await store.removeIndex(repository('a'));
    expect([...(await readIndexes(store)).keys()]).toEqual(['a/b']);
  });

  it('does not take an index for a blob or an upload', async () => {
    await using store = await open();
    await store.writeIndex(repository('sha256'), HELLO);
    await store.writeIndex(repository(newUploadId()), HELLO);
    expect(await Array.fromAsync(store.list())).toEqual([]);
    expect(await Array.fromAsync(store.listUploads())).toEqual([]);
  });
}
