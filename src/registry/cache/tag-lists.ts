/** Lists of tags that were asked for recently, page by page. */
import type { RepositoryName, Tag } from '../../oci/repository.ts';
import type { Page } from '../core/ports.ts';
import { Recent } from './recent.ts';

/** Tags of all lists together; with its place in a list, one takes some hundred bytes. */
const TAGS_MAX = 50_000;

/** Pages of one repository; who walks through more of them reads each once. */
const PAGES_MAX = 16;

type Pages = ReadonlyMap<string, readonly Tag[]>;

/** Keeps lists under their repository. A page that is found is the very one that was kept. */
export class TagLists {
  /** An empty page has a place as well. */
  readonly #pages = new Recent<Pages>({
    max: TAGS_MAX,
    weigh: (pages) => [...pages.values()].reduce((sum, { length }) => sum + length + 1, 0),
  });

  find(repository: RepositoryName, page: Page): readonly Tag[] | undefined {
    return this.#pages.get(repository)?.get(keyOf(page));
  }

  keep(repository: RepositoryName, page: Page, tags: readonly Tag[]): void {
    const known = this.#pages.get(repository);
    const others = known === undefined || known.size >= PAGES_MAX ? [] : known;
    this.#pages.set(repository, new Map([...others, [keyOf(page), tags]]));
  }

  /** Forgets every page of a repository. */
  drop(repository: RepositoryName): void {
    this.#pages.delete(repository);
  }
}

function keyOf({ after = '', limit }: Page): string {
  return `${limit} ${after}`;
}
