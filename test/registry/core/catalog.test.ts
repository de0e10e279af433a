/** The catalog: pages of what a client may see, exact whatever lies between. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RepositoryName } from '../../../src/oci/repository.ts';
import { createCatalog } from '../../../src/registry/core/catalog.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { inByteOrder, repositoryName } from '../../support/contracts/metadata-samples.ts';

const name = fc
  .array(fc.constantFrom('a', 'b', 'a-b', 'docker', 'x'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

describe('the catalog', () => {
  it('lists what is visible, no more and no less, in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { maxLength: 15 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom('', 'docker/', 'a'),
        fc.nat(7),
        async (names, limit, prefix, hidden) => {
          await using metadata = await openSqliteMetadata({ path: ':memory:', durability: 'fast' });
          for (const one of names) await metadata.linkBlob(repositoryName(one), digestOf('x'), 1);
          const isVisible = (repository: RepositoryName) => repository.length % 7 !== hidden;
          const expected = inByteOrder(names).filter((one) => one.startsWith(prefix) && isVisible(repositoryName(one)));
          const catalog = createCatalog(metadata);
          const listed: string[] = [];
          for (;;) {
            const page = await catalog.list({ after: listed.at(-1), limit }, prefix, isVisible);
            listed.push(...page);
            if (page.length < limit) break;
          }
          expect(listed).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });
});
