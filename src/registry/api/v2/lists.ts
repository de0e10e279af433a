/** Endpoints of lists: tags, repositories, referrers. */
import { OCI_INDEX } from '../../../oci/media-types.ts';
import type { Tag } from '../../../oci/repository.ts';
import type { Catalog } from '../../core/catalog.ts';
import type { Manifests } from '../../core/manifests.ts';
import { andThen } from '../../core/maybe-promise.ts';
import type { Page, StoredReferrer } from '../../core/ports.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import { LIST_PAGE_MAX, REFERRERS_BATCH, REFERRERS_PAGE_BYTES, REFERRERS_PAGE_MAX } from '../../http/limits.ts';
import { type Reply, jsonReply } from '../../http/reply.ts';
import { nextLink, requireDigest, requirePage } from './parameters.ts';

/** GET of `tags/list`. @see spec.md end-8a, end-8b */
export function listTags(manifests: Manifests): Endpoint {
  // As long as a list is kept in memory, its reply is; it differs by the name the list was asked for.
  const replies = new WeakMap<readonly Tag[], { readonly name: string; readonly reply: Reply }>();
  return {
    needs: 'pull',
    answer({ repository, name, query }) {
      const { after, limit } = requirePage(query, LIST_PAGE_MAX);
      // One more than asked for tells whether there is a next page.
      return andThen(manifests.listTags(repository, { after, limit: limit + 1 }), (found) => {
        const known = replies.get(found);
        if (known?.name === name) return known.reply;
        const reply = tagsReply(found, name, limit);
        replies.set(found, { name, reply });
        return reply;
      });
    },
  };
}

function tagsReply(found: readonly Tag[], name: string, limit: number): Reply {
  const tags = found.slice(0, limit);
  const isMore = limit > 0 && found.length > limit;
  const link = nextLink(`/v2/${name}/tags/list`, { n: limit, last: tags.at(-1) });
  return jsonReply(200, { name, tags }, isMore ? { link } : {});
}

/** GET of `_catalog`: the repositories the client may pull from, under the names it knows them by (S2-04). */
export function listRepositories(catalog: Catalog): Endpoint {
  return {
    needs: 'none',
    async answer(request) {
      const { query, route } = request;
      const { after, limit } = requirePage(query, LIST_PAGE_MAX);
      const page = { after: after === undefined ? undefined : route.prefix + after, limit: limit + 1 };
      const found = await catalog.list(page, route.prefix, (repository) =>
        request.access.shows(request.principal, repository),
      );
      const repositories = found.slice(0, limit).map((repository) => route.outside(repository) ?? repository);
      const isMore = limit > 0 && found.length > limit;
      return jsonReply(
        200,
        { repositories },
        isMore ? { link: nextLink('/v2/_catalog', { n: limit, last: repositories.at(-1) }) } : {},
      );
    },
  };
}

/** GET of `referrers/<digest>`: an index, empty when there are none or no such repository. @see spec.md end-12a, end-12b */
export function listReferrers(manifests: Manifests): Endpoint {
  return {
    needs: 'pull',
    async answer({ repository, name, tail, query }) {
      const subject = requireDigest(tail);
      const { after, limit } = requirePage(query, REFERRERS_PAGE_MAX);
      const artifactType = query.get('artifactType');
      const filter = artifactType === null || artifactType === '' ? {} : { artifactType };
      const read = (page: Page) => manifests.listReferrers(repository, subject, { ...page, ...filter });
      const { referrers, isMore } = await readPage(read, { after, limit });
      const link = nextLink(`/v2/${name}/referrers/${subject}`, {
        ...filter,
        n: limit,
        last: referrers.at(-1)?.digest,
      });
      return jsonReply(
        200,
        { schemaVersion: 2, mediaType: OCI_INDEX, manifests: referrers },
        {
          'content-type': OCI_INDEX,
          ...('artifactType' in filter ? { 'oci-filters-applied': 'artifactType' } : {}),
          ...(isMore ? { link } : {}),
        },
      );
    },
  };
}

/** Bytes of a list around its referrers. */
const ENVELOPE_BYTES = 200;

/** As many referrers as fit a page; at least one, or there would be no next page. */
async function readPage(
  read: (page: Page) => Promise<StoredReferrer[]>,
  { after, limit }: Page,
): Promise<{ readonly referrers: readonly StoredReferrer[]; readonly isMore: boolean }> {
  const referrers: StoredReferrer[] = [];
  let bytes = ENVELOPE_BYTES;
  for (;;) {
    // One more than asked for tells whether there is a next page.
    const wanted = Math.min(REFERRERS_BATCH, limit - referrers.length + 1);
    const found = await read({ after: referrers.at(-1)?.digest ?? after, limit: wanted });
    for (const referrer of found) {
      bytes += Buffer.byteLength(JSON.stringify(referrer)) + ','.length;
      const isFull = referrers.length === limit || (referrers.length > 0 && bytes > REFERRERS_PAGE_BYTES);
      if (isFull) return { referrers, isMore: limit > 0 };
      referrers.push(referrer);
    }
    if (found.length < wanted) return { referrers, isMore: false };
  }
}
