/** Calls about blobs of a repository: look, pull, pull a range, push in one go, mount, delete. */
import { type Digest, algorithmOf, digestOf } from '../../../src/oci/digest.ts';
import type { BlobContent } from '../contents/blob-content.ts';
import { holdsBlob, isHeldAnywhere, linkBlob, unlinkBlob } from '../model/rules.ts';
import { withSession } from '../model/state.ts';
import type { Answer } from '../client/http-client.ts';
import { type Call, short, statusText, unchanged } from './call.ts';

const UNKNOWN = '404 BLOB_UNKNOWN';

/** HEAD. */
export function headBlob(repository: string, digest: Digest, { bytes }: BlobContent): Call {
  return {
    text: `HEAD ${repository} ${short(digest)}`,
    needs: [{ repository, digest }],
    tellsOf: { repository, digest },
    sending: { method: 'HEAD', path: blobPath(repository, digest) },
    outcomes: (state) => [unchanged(state, holdsBlob(state, repository, digest) ? `200 ${bytes.length}` : '404')],
    read: (answer) => (answer.status === 200 ? `200 ${answer.headers['content-length']}` : statusText(answer, 'HEAD')),
  };
}

/** GET of the whole. */
export function getBlob(repository: string, digest: Digest): Call {
  return {
    text: `GET ${repository} ${short(digest)}`,
    needs: [{ repository, digest }],
    tellsOf: { repository, digest },
    sending: { method: 'GET', path: blobPath(repository, digest) },
    outcomes: (state) => [unchanged(state, holdsBlob(state, repository, digest) ? '200 the blob' : UNKNOWN)],
    read: (answer) => (answer.status === 200 ? `200 ${verify(answer, digest)}` : statusText(answer, 'GET')),
  };
}

function verify({ headers, body }: Answer, digest: Digest): string {
  if (headers['docker-content-digest'] !== digest) return `a blob called ${headers['docker-content-digest']}`;
  return digestOf(body, algorithmOf(digest)) === digest ? 'the blob' : `${body.length} wrong bytes`;
}

/** GET of bytes from `start` to before `end`, of a blob that is longer than `start`. */
export function getRange(repository: string, digest: Digest, { bytes }: BlobContent, start: number, end: number): Call {
  const wanted = bytes.subarray(start, end);
  const range = `bytes ${start}-${start + wanted.length - 1}/${bytes.length}`;
  return {
    text: `GET ${repository} ${short(digest)} ${range}`,
    needs: [{ repository, digest }],
    tellsOf: { repository, digest },
    sending: { method: 'GET', path: blobPath(repository, digest), headers: { range: `bytes=${start}-${end - 1}` } },
    outcomes: (state) => [unchanged(state, holdsBlob(state, repository, digest) ? `206 ${range} right` : UNKNOWN)],
    read(answer) {
      if (answer.status !== 206) return statusText(answer, 'GET');
      return `206 ${answer.headers['content-range']} ${answer.body.equals(wanted) ? 'right' : 'wrong'}`;
    },
  };
}

/** POST of a whole blob; with bytes that are not the digest's when they are given. */
export function postBlob(repository: string, digest: Digest, { bytes }: BlobContent, wrong?: Buffer): Call {
  return {
    text: `POST ${repository} ${short(digest)}, ${wrong === undefined ? bytes.length : `${wrong.length} wrong`} bytes`,
    tellsOf: { repository, digest },
    sending: { method: 'POST', path: `${uploadsPath(repository)}?digest=${digest}`, body: wrong ?? bytes },
    outcomes(state) {
      if (wrong !== undefined) return [unchanged(state, '400 DIGEST_INVALID')];
      return [{ answer: '201', next: linkBlob(state, repository, digest) }];
    },
    read: (answer) => statusText(answer, 'POST'),
  };
}

/**
 * POST that takes a blob from another repository, or, without `from`, from any. It may always begin an upload instead
 * when no source is named; when one is, only if that does not hold the blob.
 */
export function mountBlob(repository: string, digest: Digest, from: string | undefined, session: string): Call {
  const source = from === undefined ? '' : `&from=${from}`;
  return {
    text: `mount ${repository} ${short(digest)} from ${from ?? 'anywhere'}`,
    needs: from === undefined ? [] : [{ repository: from, digest }],
    tellsOf: { repository, digest },
    sending: { method: 'POST', path: `${uploadsPath(repository)}?mount=${digest}${source}` },
    outcomes(state) {
      const isThere = from === undefined ? isHeldAnywhere(state, digest) : holdsBlob(state, from, digest);
      const mounted = isThere ? [{ answer: '201', next: linkBlob(state, repository, digest) }] : [];
      const refused = from === undefined || !isThere ? [{ answer: '202', next: withSession(state, session) }] : [];
      return [...mounted, ...refused];
    },
    read: (answer) => statusText(answer, 'POST'),
  };
}

/** DELETE. */
export function deleteBlob(repository: string, digest: Digest): Call {
  return {
    text: `DELETE ${repository} ${short(digest)}`,
    needs: [{ repository, digest }],
    sending: { method: 'DELETE', path: blobPath(repository, digest) },
    outcomes(state) {
      const next = unlinkBlob(state, repository, digest);
      if (typeof next !== 'string') return [{ answer: '202', next }];
      return [unchanged(state, next === 'unknown' ? UNKNOWN : '405 UNSUPPORTED')];
    },
    read: (answer) => statusText(answer, 'DELETE'),
  };
}

function blobPath(repository: string, digest: Digest): string {
  return `/v2/${repository}/blobs/${digest}`;
}

/** Where uploads begin. */
export function uploadsPath(repository: string): string {
  return `/v2/${repository}/blobs/uploads/`;
}
