/** Where an image is, as people write it: in a registry, or in a folder, archive or engine. Pure. */
import { type Transport, parseTransport } from '../../archives/transport.ts';
import { DevregError } from '../../errors.ts';
import { type Reference, formatReference, parseReference, parseRegistryHost } from '../../oci/reference.ts';
import { parseTag } from '../../oci/repository.ts';

/** One place. */
export type ImagePlace =
  | { readonly kind: 'registry'; readonly reference: Reference }
  | { readonly kind: 'archive'; readonly transport: Transport; readonly text: string };

/** The registry that `@name` is in; throws when there is none. */
export type OwnHost = () => string;

const DOCKER = 'docker://';

function withoutScheme(text: string): string {
  return text.startsWith(DOCKER) ? text.slice(DOCKER.length) : text;
}

/**
 * Reads a place: `docker://REFERENCE`, a bare reference, `@NAME` for one in the own registry, or a transport.
 * @throws DevregError REFERENCE_INVALID, TRANSPORT_INVALID, and what finding the own registry throws
 */
export function parseImagePlace(text: string, ownHost: OwnHost): ImagePlace {
  const transport = parseTransport(text);
  if (transport !== undefined) return { kind: 'archive', transport, text };
  return { kind: 'registry', reference: parseRegistryReference(text, ownHost) };
}

/**
 * Reads a reference to something in a registry.
 * @throws DevregError REFERENCE_INVALID, and what finding the own registry throws
 */
export function parseRegistryReference(text: string, ownHost: OwnHost): Reference {
  const bare = withoutScheme(text);
  // `oci:folder` would be an image of Docker Hub, which nobody means.
  const isElsewhere = bare === text && parseTransport(text) !== undefined;
  const reference = isElsewhere
    ? undefined
    : parseReference(bare.startsWith('@') ? `${ownHost()}/${bare.slice(1)}` : bare);
  if (reference !== undefined) return reference;
  throw new DevregError('usage', 'REFERENCE_INVALID', `${JSON.stringify(text)} names no image in a registry.`, {
    hint: 'Write it as HOST/NAME:TAG, HOST/NAME@DIGEST, or @NAME:TAG for your own registry; names are in lower case.',
  });
}

/** Something in a registry whose host is known: `localhost:5001` and `team/app:1`. @throws DevregError REFERENCE_INVALID */
export function referenceIn(host: string, name: string): Reference {
  return parseRegistryReference(`${host}/${name}`, () => host);
}

/** A registry, or one repository of it. */
export interface RepositoryPlace {
  readonly host: string;
  /** Undefined: all of them. */
  readonly repository: string | undefined;
}

/**
 * Reads what a list is about: `HOST`, `HOST/NAME`, or `NAME` in the own registry; with `docker://` if wanted.
 * @throws DevregError REFERENCE_INVALID, and what finding the own registry throws
 */
export function parseRepositoryPlace(text: string, ownHost: OwnHost): RepositoryPlace {
  const bare = withoutScheme(text);
  const host = hostIn(bare);
  if (host !== undefined) return { host, repository: undefined };
  const namesHost = /^(?:[^/]*[.:A-Z][^/]*|localhost)\//.test(bare) || text.startsWith(DOCKER) || bare.startsWith('@');
  const { registry, repository } = parseRegistryReference(namesHost ? bare : `@${bare}`, ownHost);
  return { host: registry, repository };
}

/** A registry alone, such as `quay.io` and `localhost:5001`; undefined for what may be the name of an image. */
export function hostIn(text: string): string | undefined {
  const bare = withoutScheme(text);
  return /^(?:[^/]*[.:][^/]*|localhost)\/?$/.test(bare) ? parseRegistryHost(bare.replace(/\/$/, '')) : undefined;
}

/** Writes a place for sentences and answers: `docker://localhost:5001/app:1`, `oci:folder:1`. */
export function formatPlace(place: ImagePlace): string {
  return place.kind === 'archive' ? place.text : `${DOCKER}${formatReference(place.reference)}`;
}

/** The reference with the tag that is meant when none is said. */
export function withTag(reference: Reference): Reference {
  if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  const tag = parseTag('latest');
  return tag === undefined ? reference : { ...reference, tag };
}

/** What the name of an image ends in: `:1`, or `@sha256:…` where there is a digest. */
export function endOf({ tag, digest }: Reference): string {
  return digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`;
}

/** What a manifest is asked for by: the digest, else the tag. */
export function tagOrDigest(reference: Reference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}
