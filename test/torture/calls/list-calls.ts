/** Calls that list: tags of a repository, repositories, referrers of a digest. */
import type { Digest } from '../../../src/oci/digest.ts';
import { OCI_INDEX } from '../../../src/oci/media-types.ts';
import type { Answer } from '../client/http-client.ts';
import type { HeldManifest, State } from '../model/state.ts';
import { type Call, isObject, short, statusText, unchanged } from './call.ts';

/** A part of a list. */
export interface PageOf {
  readonly n?: number;
  readonly last?: string | undefined;
}

/** GET of the tags. */
export function listTags(repository: string, page: PageOf = {}): Call {
  return {
    text: `list tags of ${repository}${pageText(page)}`,
    sending: { method: 'GET', path: `/v2/${repository}/tags/list${queryOf(page)}` },
    outcomes(state) {
      const held = state.repositories.get(repository);
      return [unchanged(state, held === undefined ? '404 NAME_UNKNOWN' : listText([...held.tags.keys()], page))];
    },
    read: (answer) => readList(answer, 'tags'),
  };
}

/** GET of the repositories. */
export function listRepositories(page: PageOf = {}): Call {
  return {
    text: `list repositories${pageText(page)}`,
    sending: { method: 'GET', path: `/v2/_catalog${queryOf(page)}` },
    outcomes: (state) => [unchanged(state, listText([...state.repositories.keys()], page))],
    read: (answer) => readList(answer, 'repositories'),
  };
}

/** GET of the referrers, of one artifact type if it is given. */
export function listReferrers(repository: string, subject: Digest, artifactType?: string): Call {
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  return {
    text: `list referrers of ${repository} ${short(subject)} ${artifactType ?? ''}`,
    sending: { method: 'GET', path: `/v2/${repository}/referrers/${subject}${query}` },
    outcomes: (state) => [
      unchanged(state, `200 ${referrersIn(state, repository, subject, artifactType).map(descriptorText).join(' ')}`),
    ],
    read(answer) {
      if (answer.status !== 200) return statusText(answer, 'GET');
      if (answer.headers['content-type'] !== OCI_INDEX) return `200 as ${answer.headers['content-type']}`;
      const document: unknown = JSON.parse(answer.body.toString());
      const manifests = isObject(document) ? document['manifests'] : undefined;
      return `200 ${Array.isArray(manifests) ? manifests.map(descriptorText).join(' ') : 'without a list'}`;
    },
  };
}

function referrersIn(state: State, repository: string, subject: Digest, artifactType: string | undefined): object[] {
  const manifests = [...(state.repositories.get(repository)?.manifests ?? [])].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return manifests
    .filter(
      ([, { content }]) =>
        content.subject === subject && (artifactType ?? content.artifactType) === content.artifactType,
    )
    .map(([digest, manifest]) => referrerOf(digest, manifest));
}

function referrerOf(digest: Digest, { content, mediaType }: HeldManifest): object {
  const { bytes, artifactType, annotations } = content;
  return { digest, mediaType, size: bytes.length, artifactType, annotations };
}

/** The same for descriptors that say the same, in whatever order. */
function descriptorText(descriptor: unknown): string {
  if (!isObject(descriptor)) return 'no descriptor';
  const fields = Object.entries(descriptor).filter(([, value]) => value !== undefined);
  return JSON.stringify(fields.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Names are listed in the order of their bytes; those of this test are ASCII. */
function listText(names: readonly string[], { n, last }: PageOf): string {
  const rest = names
    .toSorted((one, other) => (one < other ? -1 : 1))
    .filter((name) => last === undefined || name > last);
  const isMore = n !== undefined && n > 0 && rest.length > n;
  return `200 ${rest.slice(0, n).join(' ')}${isMore ? ' …' : ''}`;
}

function readList(answer: Answer, field: string): string {
  if (answer.status !== 200) return statusText(answer, 'GET');
  const document: unknown = JSON.parse(answer.body.toString());
  const names = isObject(document) ? document[field] : undefined;
  return `200 ${Array.isArray(names) ? names.join(' ') : 'without a list'}${answer.headers['link'] === undefined ? '' : ' …'}`;
}

function queryOf({ n, last }: PageOf): string {
  const parts = [...(n === undefined ? [] : [`n=${n}`]), ...(last === undefined ? [] : [`last=${last}`])];
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function pageText(page: PageOf): string {
  return queryOf(page).replace('?', ', ');
}
