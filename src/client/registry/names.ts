/** What there is in a registry, by name: repositories and tags. */
import { parseRepositoryName, parseTag } from '../../oci/repository.ts';
import { listPages } from './lists.ts';
import { CATALOG_NEED, pullNeed } from './needs.ts';
import { imageNotFound } from './not-found.ts';
import type { Session } from './session.ts';

/** Names in one page; what a registry wants to send fewer of, it sends fewer of. */
const PAGE_SIZE = 1_000;

/** Every repository, each once. What is no name is left out: it could not be asked for. */
export async function* listRepositories(session: Session, signal: AbortSignal): AsyncGenerator<string> {
  const question = {
    path: `/v2/_catalog?n=${PAGE_SIZE}`,
    need: CATALOG_NEED,
    what: 'to list its repositories',
    read: (body: Readonly<Record<string, unknown>>) => listIn(body['repositories']),
  };
  for await (const page of listPages(session, question, signal)) {
    yield* namesIn(page ?? [], (name) => parseRepositoryName(name) !== undefined);
  }
}

/** Every tag of a repository. @throws DevregError IMAGE_NOT_FOUND */
export async function* listTags(session: Session, repository: string, signal: AbortSignal): AsyncGenerator<string> {
  const question = {
    path: `/v2/${repository}/tags/list?n=${PAGE_SIZE}`,
    need: pullNeed(repository),
    what: `to list the tags of ${repository}`,
    read: (body: Readonly<Record<string, unknown>>) => listIn(body['tags']),
  };
  for await (const page of listPages(session, question, signal)) {
    if (page === undefined) throw imageNotFound(session.host, repository, undefined);
    yield* namesIn(page, (tag) => parseTag(tag) !== undefined);
  }
}

/** Some registries write null where there is nothing. */
function listIn(value: unknown): readonly unknown[] | undefined {
  return value === null || value === undefined ? [] : Array.isArray(value) ? value : undefined;
}

function namesIn(page: readonly unknown[], isName: (text: string) => boolean): string[] {
  return page.filter((entry): entry is string => typeof entry === 'string' && isName(entry));
}
