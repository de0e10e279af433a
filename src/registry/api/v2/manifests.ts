/** Endpoints of manifests: look, pull, push by tag or digest, delete. */
import type { Digest } from '../../../oci/digest.ts';
import type { Tag } from '../../../oci/repository.ts';
import type { Manifests } from '../../core/manifests.ts';
import { andThen } from '../../core/maybe-promise.ts';
import type { StoredManifest, TagFilter } from '../../core/ports.ts';
import { RegistryError } from '../../core/registry-error.ts';
import type { Endpoint, EndpointRequest } from '../../http/endpoint.ts';
import { MANIFEST_MAX_BYTES, TAGS_PER_PUSH_MAX } from '../../http/limits.ts';
import type { ReplyHeaders } from '../../http/reply.ts';
import { IMMUTABLE, REVALIDATE, etagOf, isUnchanged } from './cache-headers.ts';
import { isDigest, requireKnownReference, requireReference, requireTag } from './parameters.ts';

/**
 * GET and HEAD. Accept headers are not consulted: a digest has one representation, and clients that list too few types
 * still want it. Ranges are answered with the whole.
 * @see spec.md end-3
 */
export function getManifest(manifests: Manifests): Endpoint {
  return {
    needs: 'pull',
    answer({ repository, tail, headers }) {
      const reference = requireKnownReference(tail);
      return andThen(manifests.find(repository, reference), (manifest) => {
        const common = headersOf(manifest, reference);
        if (isUnchanged(headers, manifest.digest)) return { status: 304, headers: common };
        return { status: 200, headers: { ...common, 'content-type': manifest.mediaType }, body: manifest.bytes };
      });
    },
  };
}

/** PUT. @see spec.md end-7a, end-7b */
export function putManifest(manifests: Manifests): Endpoint {
  return {
    needs: 'push',
    async answer(request) {
      const reference = requireReference(request.tail);
      const parameters = tagParameters(request);
      const digest = isDigest(reference) ? reference : undefined;
      const tags = isDigest(reference) ? parameters : [reference, ...parameters];
      const bytes = await request.body.read(MANIFEST_MAX_BYTES, 'manifest-too-large');
      const contentType = request.headers['content-type'] ?? '';
      const { repository } = request;
      const isFixed = fixedTagsOf(request);
      const put = await manifests.put({ repository, digest, tags, bytes, contentType, isFixed });
      return {
        status: 201,
        headers: {
          location: `/v2/${request.name}/manifests/${put.digest}`,
          'docker-content-digest': put.digest,
          ...(put.facts.subject === undefined ? {} : { 'oci-subject': put.facts.subject }),
          ...(parameters.length === 0 ? {} : { 'oci-tag': parameters.join(', ') }),
        },
      };
    },
  };
}

/** DELETE: a tag alone, or a manifest with all tags that point to it. @see spec.md end-9 */
export function deleteManifest(manifests: Manifests): Endpoint {
  return {
    needs: 'delete',
    async answer(request) {
      const { repository, tail } = request;
      const reference = requireKnownReference(tail);
      if (isDigest(reference)) await manifests.remove(repository, reference, fixedTagsOf(request));
      else await manifests.removeTag(repository, reference, fixedTagsOf(request));
      return { status: 202, headers: {} };
    },
  };
}

/** As the policies are when the tags are looked at, which may be long after the request began. */
function fixedTagsOf({ access, repository }: EndpointRequest): TagFilter {
  return (tag) => access.fixesTag(repository, tag);
}

function headersOf({ digest }: StoredManifest, reference: Tag | Digest): ReplyHeaders {
  return {
    'docker-content-digest': digest,
    etag: etagOf(digest),
    'cache-control': isDigest(reference) ? IMMUTABLE : REVALIDATE,
  };
}

function tagParameters({ query }: EndpointRequest): Tag[] {
  const tags = [...new Set(query.getAll('tag'))];
  if (tags.length > TAGS_PER_PUSH_MAX) {
    throw new RegistryError('too-many-tags', `One push names at most ${TAGS_PER_PUSH_MAX} tags.`);
  }
  return tags.map(requireTag);
}
