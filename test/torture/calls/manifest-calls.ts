/** Calls about manifests and tags of a repository: pull, push, delete. */
import { type Digest, algorithmOf, digestOf } from '../../../src/oci/digest.ts';
import type { ManifestContent, PushedType } from '../contents/manifest-content.ts';
import { missingReferences, removeManifest, removeTag, storeManifest } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import type { Answer } from '../client/http-client.ts';
import { type Call, short, statusText, unchanged } from './call.ts';

/** A push of a manifest. */
export interface ManifestPush {
  readonly content: ManifestContent;
  readonly digest: Digest;
  readonly type: PushedType;
  /** Pushed by this tag; by its digest when there is none. */
  readonly tag: string | undefined;
  /** Further tags for the same manifest. */
  readonly tags: readonly string[];
}

/** GET or HEAD by a tag or digest. */
export function getManifest(repository: string, reference: string, method: 'GET' | 'HEAD' = 'GET'): Call {
  return {
    text: `${method} ${repository} manifest ${readable(reference)}`,
    sending: { method, path: manifestPath(repository, reference) },
    outcomes(state) {
      const held = state.repositories.get(repository);
      const digest = reference.includes(':')
        ? [...(held?.manifests.keys() ?? [])].find((other) => other === reference)
        : held?.tags.get(reference);
      const manifest = digest === undefined ? undefined : held?.manifests.get(digest);
      if (digest === undefined || manifest === undefined)
        return [unchanged(state, unknownText(state, repository, method))];
      return [unchanged(state, `200 ${digest} ${manifest.mediaType} ${manifest.content.bytes.length} bytes`)];
    },
    read: (answer) => (answer.status === 200 ? `200 ${describe(answer, method)}` : statusText(answer, method)),
  };
}

function describe({ headers, body }: Answer, method: 'GET' | 'HEAD'): string {
  const digest = String(headers['docker-content-digest']) as Digest;
  const isRight = method === 'HEAD' || digestOf(body, algorithmOf(digest)) === digest;
  return `${digest} ${headers['content-type']} ${headers['content-length']} ${isRight ? 'bytes' : 'wrong bytes'}`;
}

function unknownText(state: State, repository: string, method: string): string {
  if (method === 'HEAD') return '404';
  return state.repositories.has(repository) ? '404 MANIFEST_UNKNOWN' : '404 NAME_UNKNOWN';
}

/** PUT by tag or digest, with further tags. */
export function putManifest(repository: string, push: ManifestPush): Call {
  const { content, digest, type, tag, tags } = push;
  const query = tags.length === 0 ? '' : `?${tags.map((name) => `tag=${name}`).join('&')}`;
  const all = tag === undefined ? tags : [tag, ...tags];
  return {
    text: `PUT ${repository} ${content.name} ${short(digest)} as ${type.contentType || 'nothing'} ${all.join(',')}`,
    needs: content.references
      .filter(({ optional }) => !optional)
      .map((reference) => ({ repository, digest: reference.digest })),
    sending: {
      method: 'PUT',
      path: `${manifestPath(repository, tag ?? digest)}${query}`,
      body: content.bytes,
      ...(type.contentType === '' ? {} : { headers: { 'content-type': type.contentType } }),
    },
    outcomes(state) {
      if (missingReferences(state, repository, content).length > 0)
        return [unchanged(state, '400 MANIFEST_BLOB_UNKNOWN')];
      const subject = content.subject === undefined ? '' : ` ${content.subject}`;
      return [
        { answer: `201 ${digest}${subject} ${tags.join(', ')}`, next: storeManifest(state, repository, push, all) },
      ];
    },
    read(answer) {
      if (answer.status !== 201) return statusText(answer, 'PUT');
      const subject = answer.headers['oci-subject'] === undefined ? '' : ` ${answer.headers['oci-subject']}`;
      return `201 ${answer.headers['docker-content-digest']}${subject} ${answer.headers['oci-tag'] ?? ''}`;
    },
  };
}

/** PUT under a digest that is another's. */
export function putWrongManifest(repository: string, { bytes }: ManifestContent, digest: Digest): Call {
  return {
    text: `PUT ${repository} wrong bytes for ${short(digest)}`,
    sending: { method: 'PUT', path: manifestPath(repository, digest), body: Buffer.concat([bytes, Buffer.from(' ')]) },
    outcomes: (state) => [unchanged(state, '400 DIGEST_INVALID')],
    read: (answer) => statusText(answer, 'PUT'),
  };
}

/** DELETE by a tag, which goes alone, or by a digest, which takes its tags along. */
export function deleteManifest(repository: string, reference: string): Call {
  return {
    text: `DELETE ${repository} manifest ${readable(reference)}`,
    sending: { method: 'DELETE', path: manifestPath(repository, reference) },
    outcomes(state) {
      const isDigest = reference.includes(':');
      const next = isDigest
        ? removeManifest(state, repository, reference as Digest)
        : removeTag(state, repository, reference);
      return [
        next === 'unknown' ? unchanged(state, unknownText(state, repository, 'DELETE')) : { answer: '202', next },
      ];
    },
    read: (answer) => statusText(answer, 'DELETE'),
  };
}

function manifestPath(repository: string, reference: string): string {
  return `/v2/${repository}/manifests/${reference}`;
}

function readable(reference: string): string {
  return reference.includes(':') ? short(reference) : reference;
}
