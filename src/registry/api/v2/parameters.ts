/** Reading what requests name: digests, tags, pages. Each reader throws the specification's error. */
import { type Digest, type DigestAlgorithm, parseAlgorithm, parseDigest } from '../../../oci/digest.ts';
import { type Tag, parseTag } from '../../../oci/repository.ts';
import type { Page } from '../../core/ports.ts';
import { RegistryError } from '../../core/registry-error.ts';

/** A digest that the client must give right. @throws RegistryError `digest-invalid`, `algorithm-unsupported` */
export function requireDigest(text: string | null): Digest {
  const digest = text === null ? undefined : parseDigest(text);
  if (digest !== undefined) return digest;
  if (text === null) throw new RegistryError('digest-invalid', 'The parameter digest is missing.');
  const algorithm = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):/.exec(text)?.[1];
  if (algorithm !== undefined && parseAlgorithm(algorithm) === undefined) {
    throw new RegistryError('algorithm-unsupported', 'Digests are sha256 or sha512 here.', {
      detail: { digest: text },
    });
  }
  throw new RegistryError('digest-invalid', 'That is not a valid digest.', { detail: { digest: text } });
}

/** @throws RegistryError `algorithm-unsupported` */
export function requireAlgorithm(text: string): DigestAlgorithm {
  const algorithm = parseAlgorithm(text);
  if (algorithm === undefined) throw new RegistryError('algorithm-unsupported', 'Digests are sha256 or sha512 here.');
  return algorithm;
}

/** @throws RegistryError `tag-invalid` */
export function requireTag(text: string): Tag {
  const tag = parseTag(text);
  if (tag === undefined) throw new RegistryError('tag-invalid', 'That is not a valid tag.', { detail: { tag: text } });
  return tag;
}

/**
 * The last component of a manifest's path: what holds a colon can only be meant as a digest.
 * @throws RegistryError `digest-invalid`, `tag-invalid`
 */
export function requireReference(text: string): Tag | Digest {
  return text.includes(':') ? requireDigest(text) : requireTag(text);
}

/**
 * The same of a manifest that is looked for: one under a tag that cannot be is not there.
 * @throws RegistryError `digest-invalid`, `manifest-unknown`
 */
export function requireKnownReference(text: string): Tag | Digest {
  const reference = text.includes(':') ? requireDigest(text) : parseTag(text);
  if (reference !== undefined) return reference;
  throw new RegistryError('manifest-unknown', 'manifest unknown', { detail: { reference: text } });
}

/** Whether a reference is a digest. */
export function isDigest(reference: Tag | Digest): reference is Digest {
  return reference.includes(':');
}

/**
 * `n` and `last` of a list. A missing `n`, and one beyond `max`, mean `max`; a `Link` leads to the rest.
 * @throws RegistryError `parameter-invalid`
 */
export function requirePage(query: URLSearchParams, max: number): Page {
  const n = query.get('n');
  if (n !== null && !/^\d+$/.test(n))
    throw new RegistryError('parameter-invalid', 'The parameter n is not a whole number.');
  // Number of a very long string of digits is Infinity, which the maximum takes care of.
  return { after: query.get('last') ?? undefined, limit: n === null ? max : Math.min(Number(n), max) };
}

/** A `Link` header to the next page, relative as all addresses are. */
export function nextLink(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value));
  return `<${path}?${query.toString()}>; rel="next"`;
}
