/** The contract of metadata: repositories. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import { ALL, inByteOrder, newManifest, newUpload, repositoryName } from './metadata-samples.ts';

const NAMES = [
  'b',
  'a',
  'a/b',
  'a-b',
  'a.b',
  'a_b',
  'a__b',
  'a0',
  'team/app',
  'team/app-2',
  'team_x',
  'teamxx/app',
  'z9',
].map(repositoryName);

export function repositoryFacts(open: () => Promise<Metadata>): void {
  it('has none at first', async () => {
    await using metadata = await open();
    expect(await metadata.listRepositories(ALL)).toEqual([]);
    expect(await metadata.hasRepository(repositoryName('a'))).toBe(false);
  });

  it('comes into being with a blob, a mounted blob, an upload that ended with one, or a manifest', async () => {
    await using metadata = await open();
    const digest = digestOf('x');
    await metadata.linkBlob(repositoryName('linked'), digest, 1);
    await metadata.mountBlob(repositoryName('linked'), repositoryName('mounted'), digest);
    const upload = newUpload('uploaded');
    await metadata.beginUpload(upload);
    expect(await metadata.hasRepository(upload.repository)).toBe(false);
    await metadata.endUpload(upload.id, { repository: upload.repository, digest, size: 1 });
    await metadata.putManifest(newManifest('pushed'));
    expect(await metadata.listRepositories(ALL)).toEqual(['linked', 'mounted', 'pushed', 'uploaded']);
    expect(await metadata.hasRepository(upload.repository)).toBe(true);
  });

  it('does not come into being by a refusal', async () => {
    await using metadata = await open();
    const missing = { digest: digestOf('missing'), kind: 'blob', optional: false } as const;
    await metadata.putManifest(newManifest('a', { required: [missing] }));
    await metadata.mountBlob(repositoryName('b'), repositoryName('c'), missing.digest);
    await metadata.unlinkBlob(repositoryName('d'), missing.digest);
    await metadata.removeManifest(repositoryName('e'), missing.digest);
    expect(await metadata.listRepositories(ALL)).toEqual([]);
  });

  it('stays known when nothing is left in it', async () => {
    await using metadata = await open();
    const manifest = newManifest('a', { tags: ['one'] });
    await metadata.putManifest(manifest);
    await metadata.removeManifest(manifest.repository, manifest.digest);
    expect(await metadata.hasRepository(manifest.repository)).toBe(true);
    expect(await metadata.listTags(manifest.repository, ALL)).toEqual([]);
  });

  it('are listed in byte order, a page at a time (S2-04)', async () => {
    await using metadata = await open();
    await Promise.all(NAMES.map((name) => metadata.linkBlob(name, digestOf('x'), 1)));
    expect(await metadata.listRepositories(ALL)).toEqual(inByteOrder(NAMES));
    const pages: string[][] = [];
    for (let after: string | undefined; ; after = pages.at(-1)?.at(-1)) {
      const page = await metadata.listRepositories({ after, limit: 4 });
      if (page.length === 0) break;
      pages.push(page);
    }
    expect(pages.flat()).toEqual(inByteOrder(NAMES));
    expect(pages[0]).toHaveLength(4);
  });

  it('are listed from a name on that no repository has, and not at all with limit 0', async () => {
    await using metadata = await open();
    await Promise.all(NAMES.map((name) => metadata.linkBlob(name, digestOf('x'), 1)));
    expect(await metadata.listRepositories({ after: 'team', limit: 2 })).toEqual(['team/app', 'team/app-2']);
    expect(await metadata.listRepositories({ after: undefined, limit: 0 })).toEqual([]);
    expect(await metadata.listRepositories({ after: undefined, limit: -1 })).toEqual([]);
    expect(await metadata.listRepositories({ after: undefined, limit: Number.MAX_VALUE })).toHaveLength(NAMES.length);
  });

  it('are filtered by a prefix that is no pattern', async () => {
    await using metadata = await open();
    await Promise.all(NAMES.map((name) => metadata.linkBlob(name, digestOf('x'), 1)));
    for (const prefix of ['', 'team/', 'team', 'team_', 'a_', 'a%', '%', 'z9', 'z9/', 'zz', '\u0000', '\ud800', "'"]) {
      const wanted = inByteOrder(NAMES.filter((name) => name.startsWith(prefix)));
      expect(await metadata.listRepositories({ ...ALL, prefix }), JSON.stringify(prefix)).toEqual(wanted);
    }
    expect(await metadata.listRepositories({ after: 'team/app', limit: 5, prefix: 'team/' })).toEqual(['team/app-2']);
    expect(await metadata.listRepositories({ after: 'a', limit: 5, prefix: 'team/' })).toEqual([
      'team/app',
      'team/app-2',
    ]);
    expect(await metadata.listRepositories({ after: 'z', limit: 5, prefix: 'team/' })).toEqual([]);
  });
}
