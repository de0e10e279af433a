/** Endpoints of blobs: look, pull whole or in ranges, delete. */
import type { Digest } from '../../../oci/digest.ts';
import type { Blobs } from '../../core/blobs.ts';
import { andThen } from '../../core/maybe-promise.ts';
import type { BlobReader } from '../../core/ports.ts';
import { RegistryError } from '../../core/registry-error.ts';
import type { Endpoint, EndpointRequest } from '../../http/endpoint.ts';
import { errorReply } from '../../http/error-reply.ts';
import { type ByteRange, parseRange } from '../../http/range.ts';
import type { Reply, ReplyHeaders } from '../../http/reply.ts';
import { byteRangesBody, byteRangesType } from './byte-ranges.ts';
import { IMMUTABLE, etagOf, isUnchanged } from './cache-headers.ts';
import { requireDigest } from './parameters.ts';

const OCTETS = 'application/octet-stream';

/** HEAD: answered from the metadata alone. @see spec.md end-2 */
export function headBlob(blobs: Blobs): Endpoint {
  return {
    needs: 'pull',
    answer({ repository, tail, headers }) {
      const digest = requireDigest(tail);
      return andThen(blobs.stat(repository, digest), ({ size }) => {
        const common = headersOf(digest);
        if (isUnchanged(headers, digest)) return { status: 304, headers: common };
        return { status: 200, headers: { ...common, 'content-type': OCTETS, 'content-length': String(size) } };
      });
    },
  };
}

/** GET: the whole blob, one range, or several as multipart/byteranges. @see spec.md end-2 */
export function getBlob(blobs: Blobs): Endpoint {
  return {
    needs: 'pull',
    async answer({ repository, tail, headers }) {
      const digest = requireDigest(tail);
      if (isUnchanged(headers, digest)) {
        await blobs.stat(repository, digest);
        return { status: 304, headers: headersOf(digest) };
      }
      const reader = await blobs.open(repository, digest);
      const wanted = wantedRange(headers, digest, reader.size);
      if (wanted === 'ignore') return wholeReply(digest, reader);
      if (wanted === 'unsatisfiable') return unsatisfiable(reader);
      return wanted.length === 1 && wanted[0] !== undefined
        ? rangeReply(digest, reader, wanted[0])
        : rangesReply(digest, reader, wanted);
    },
  };
}

/** DELETE: takes the blob out of this repository. @see spec.md end-10 */
export function deleteBlob(blobs: Blobs): Endpoint {
  return {
    needs: 'delete',
    async answer({ repository, tail }) {
      const digest = requireDigest(tail);
      await blobs.remove(repository, digest);
      return { status: 202, headers: { 'docker-content-digest': digest } };
    },
  };
}

/** A range that is conditional on other content means the whole. @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5 */
function wantedRange(headers: EndpointRequest['headers'], digest: Digest, size: number): ReturnType<typeof parseRange> {
  const condition = headers['if-range'];
  if (headers.range === undefined || (condition !== undefined && condition !== etagOf(digest))) return 'ignore';
  return parseRange(headers.range, size);
}

function headersOf(digest: Digest): ReplyHeaders {
  return {
    'docker-content-digest': digest,
    etag: etagOf(digest),
    'cache-control': IMMUTABLE,
    'accept-ranges': 'bytes',
  };
}

function wholeReply(digest: Digest, reader: BlobReader): Reply {
  return {
    status: 200,
    headers: { ...headersOf(digest), 'content-type': OCTETS },
    body: streamed(reader, reader.size, () => reader.chunks(0, reader.size)),
  };
}

function rangeReply(digest: Digest, reader: BlobReader, { start, end }: ByteRange): Reply {
  const contentRange = `bytes ${start}-${end - 1}/${reader.size}`;
  return {
    status: 206,
    headers: { ...headersOf(digest), 'content-type': OCTETS, 'content-range': contentRange },
    body: streamed(reader, end - start, () => reader.chunks(start, end)),
  };
}

function rangesReply(digest: Digest, reader: BlobReader, ranges: readonly ByteRange[]): Reply {
  const body = byteRangesBody(reader, ranges, OCTETS);
  return {
    status: 206,
    headers: { ...headersOf(digest), 'content-type': byteRangesType(body.boundary) },
    body: streamed(reader, body.length, () => body.chunks()),
  };
}

async function unsatisfiable(reader: BlobReader): Promise<Reply> {
  await reader[Symbol.asyncDispose]();
  const error = new RegistryError('range-unsatisfiable', `The blob has ${reader.size} bytes.`);
  return errorReply(error, { 'content-range': `bytes */${reader.size}` });
}

function streamed(
  reader: BlobReader,
  length: number,
  chunks: () => AsyncIterable<Uint8Array>,
): NonNullable<Reply['body']> {
  return { length, chunks, close: async () => reader[Symbol.asyncDispose]() };
}
