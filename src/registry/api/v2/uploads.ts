/** Endpoints of uploads: begin (or mount, or push in one go), append, ask, finish, cancel. */
import { CANONICAL_ALGORITHM } from '../../../oci/digest.ts';
import type { Blobs } from '../../core/blobs.ts';
import type { Chunk } from '../../core/chunk.ts';
import { RegistryError } from '../../core/registry-error.ts';
import type { SessionKey, Uploads } from '../../core/uploads.ts';
import type { Endpoint, EndpointRequest } from '../../http/endpoint.ts';
import { formatUploadRange, parseContentRange } from '../../http/range.ts';
import type { Reply } from '../../http/reply.ts';
import { requireAlgorithm, requireDigest } from './parameters.ts';

/** POST to `blobs/uploads/`. @see spec.md end-4a, end-4b, end-4c, end-11 */
export function postUpload(uploads: Uploads, blobs: Blobs): Endpoint {
  return {
    needs: 'push',
    async answer(request) {
      const { query } = request;
      const mount = query.get('mount');
      if (mount !== null && (await tryMount(request, mount, blobs))) return createdReply(request.name, mount);
      const digest = query.get('digest');
      if (digest !== null && mount === null) {
        await uploads.storeWhole(request.repository, requireDigest(digest), chunkOf(request));
        return createdReply(request.name, digest);
      }
      const algorithm = query.get('digest-algorithm');
      const id = await uploads.begin(
        request.repository,
        ownerOf(request),
        algorithm === null ? CANONICAL_ALGORITHM : requireAlgorithm(algorithm),
      );
      return sessionReply(202, request.name, id, 0);
    },
  };
}

/** PATCH to a session: one chunk, or a stream of any length. @see spec.md end-5 */
export function patchUpload(uploads: Uploads): Endpoint {
  return {
    needs: 'push',
    async answer(request) {
      const size = await uploads.append(sessionOf(request), chunkOf(request));
      return sessionReply(202, request.name, request.tail, size);
    },
  };
}

/** GET of a session: how far it is. @see spec.md end-13 */
export function getUpload(uploads: Uploads): Endpoint {
  return {
    needs: 'push',
    async answer(request) {
      return sessionReply(204, request.name, request.tail, await uploads.size(sessionOf(request)));
    },
  };
}

/** PUT to a session: the last chunk, if any, and the digest of the whole. @see spec.md end-6 */
export function putUpload(uploads: Uploads): Endpoint {
  return {
    needs: 'push',
    async answer(request) {
      const digest = requireDigest(request.query.get('digest'));
      await uploads.finish(sessionOf(request), digest, chunkOf(request));
      return createdReply(request.name, digest);
    },
  };
}

/** DELETE of a session. @see spec.md end-14 */
export function deleteUpload(uploads: Uploads): Endpoint {
  return {
    needs: 'push',
    async answer(request) {
      await uploads.cancel(sessionOf(request));
      return { status: 204, headers: {} };
    },
  };
}

/** A blob the client may not read elsewhere is as absent as one that is not there: it then uploads the bytes itself. */
async function tryMount(request: EndpointRequest, mount: string, blobs: Blobs): Promise<boolean> {
  const digest = requireDigest(mount);
  const from = request.query.get('from');
  const source = from === null ? undefined : request.route.inside(from);
  if (from !== null && source === undefined) return false;
  return blobs.mount(request.repository, digest, source, (repository) => request.may('pull', repository));
}

function sessionOf(request: EndpointRequest): SessionKey {
  return { repository: request.repository, id: request.tail, owner: ownerOf(request) };
}

function ownerOf({ principal }: EndpointRequest): string | undefined {
  return principal.user === undefined ? undefined : String(principal.user.id);
}

function chunkOf({ body, headers }: EndpointRequest): Chunk {
  const header = headers['content-range'];
  const range = header === undefined ? undefined : parseContentRange(header);
  if (header !== undefined && range === undefined) {
    throw new RegistryError('upload-invalid', 'Content-Range is not of the form first-last.');
  }
  return { source: body.stream(), range, length: body.length };
}

function sessionReply(status: number, name: string, id: string, size: number): Reply {
  return {
    status,
    headers: { location: `/v2/${name}/blobs/uploads/${id}`, range: formatUploadRange(size), 'docker-upload-uuid': id },
  };
}

function createdReply(name: string, digest: string): Reply {
  return { status: 201, headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest } };
}
