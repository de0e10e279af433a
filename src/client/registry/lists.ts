/** Lists of a registry, page by page, for as long as they make sense. */
import { DevregError } from '../../errors.ts';
import { isObject, readJson } from './answer-body.ts';
import type { Need } from './authorizer.ts';
import type { Ask, Session } from './session.ts';

/** A list that is asked for. */
export interface ListQuestion {
  /** With the query. */
  readonly path: string;
  readonly need: Need;
  readonly headers?: Ask['headers'];
  /** As it goes after "refuses". */
  readonly what: string;
  /** The entries of a page's body; undefined when it is none. */
  readonly read: (body: Readonly<Record<string, unknown>>) => readonly unknown[] | undefined;
}

/** What a page of ten thousand long names has, and a registry that knows no pages. */
const PAGE_MAX_BYTES = 32 * 1024 * 1024;

/** No repository has more tags; a list without an end does. */
const ENTRIES_MAX = 2_000_000;

/** Pages that a registry may send with nothing in them, one after another. */
const EMPTY_PAGES_MAX = 10;

/**
 * Asks for one page after another.
 * @returns undefined in place of pages when the first answer is 404
 * @throws DevregError ANSWER_ENDLESS, ANSWER_STRANGE
 */
export async function* listPages(
  session: Session,
  { path, need, headers = {}, what, read }: ListQuestion,
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[] | undefined> {
  const seen = new Set<string>();
  let [entries, empty] = [0, 0];
  for (let next: string | undefined = path; next !== undefined;) {
    const ask = next;
    seen.add(ask);
    const answer = await session.ask({ method: 'GET', path: ask, need, headers, follows: true }, signal);
    if (answer.statusCode !== 200 && answer.statusCode !== 404) throw await session.failure(answer, what, need);
    const body = await readJson(answer, PAGE_MAX_BYTES, 'list').catch((error: unknown) => {
      throw session.translate(error);
    });
    if (answer.statusCode === 404) {
      yield undefined;
      return;
    }
    const page = isObject(body) ? read(body) : undefined;
    if (page === undefined) throw notUnderstood(session.host);
    if (page.length > 0) yield page;
    entries += page.length;
    empty = page.length === 0 ? empty + 1 : 0;
    next = nextPage(answer.headersDistinct['link']?.join(', '), ask);
    if ((next !== undefined && seen.has(next)) || entries > ENTRIES_MAX || empty > EMPTY_PAGES_MAX)
      throw endless(session.host);
  }
}

/**
 * The path of the next page. Wherever the header leads, only its path is used: a list stays with its registry.
 * @see https://www.rfc-editor.org/rfc/rfc8288
 */
export function nextPage(link: string | undefined, current: string): string | undefined {
  const target = [...(link ?? '').matchAll(/<([^>]*)>([^<]*)/g)].find(([, , parameters = '']) =>
    /;\s*rel\s*=\s*(?:"next"|next)\s*(?:[;,]|$)/i.test(parameters),
  )?.[1];
  const url = target === undefined ? null : URL.parse(target, new URL(current, 'http://registry.invalid').href);
  return url === null ? undefined : `${url.pathname}${url.search}`;
}

function endless(host: string): DevregError {
  return new DevregError('failure', 'ANSWER_ENDLESS', `The registry at ${host} sends a list that has no end.`, {
    hint: 'No registry has a reason to; see what answers there.',
  });
}

function notUnderstood(host: string): DevregError {
  return new DevregError('failure', 'ANSWER_STRANGE', `The answer of ${host} is not understood.`, {
    hint: 'Another program answers there, or a registry of another version.',
  });
}
