/** The list of repositories, as far as a client may see it. */
import type { RepositoryName } from '../../oci/repository.ts';
import type { ContentMetadata, Page } from './ports.ts';

/** Use cases around the list of repositories. */
export interface Catalog {
  /** At most `page.limit` repositories that begin with the prefix and that `isVisible` lets pass, in byte order. */
  list(page: Page, prefix: string, isVisible: (repository: RepositoryName) => boolean): Promise<RepositoryName[]>;
}

/** Makes the use cases. */
export function createCatalog(metadata: ContentMetadata): Catalog {
  return {
    async list(page, prefix, isVisible) {
      const visible: RepositoryName[] = [];
      let { after } = page;
      while (visible.length < page.limit) {
        const names = await metadata.listRepositories({ after, limit: page.limit, prefix });
        visible.push(...names.filter(isVisible));
        if (names.length < page.limit) break;
        after = names.at(-1);
      }
      return visible.slice(0, page.limit);
    },
  };
}
