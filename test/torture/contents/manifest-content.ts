/** A manifest that clients push, with the facts a registry must draw from it, written down beside its bytes. */
import { type Digest, digestOf } from '../../../src/oci/digest.ts';

/** Something a manifest needs, or may lack. */
export interface Reference {
  readonly digest: Digest;
  readonly kind: 'blob' | 'manifest';
  readonly optional: boolean;
}

/** A manifest. */
export interface ManifestContent {
  readonly name: string;
  readonly bytes: Buffer;
  /** By which it may be named, the canonical one first. */
  readonly digests: readonly [Digest, ...Digest[]];
  /** As which it may be pushed. */
  readonly types: readonly [PushedType, ...PushedType[]];
  readonly references: readonly Reference[];
  readonly subject: Digest | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** What a client says a manifest is, and as what it is then served. */
export interface PushedType {
  readonly contentType: string;
  readonly servedAs: string;
}

/** The manifest's JSON, and what is not to be read from it. */
export interface ManifestDraft {
  readonly name: string;
  readonly json: {
    readonly subject?: { readonly digest: Digest };
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly types: readonly [PushedType, ...PushedType[]];
  readonly references: readonly Reference[];
  readonly artifactType: string | undefined;
  /** Spaces per level; manifests differ in it so that a registry that writes JSON anew is found out. */
  readonly indent?: number;
  readonly hasSha512?: boolean;
}

/** Turns a draft into a manifest. */
export function manifestOf(draft: ManifestDraft): ManifestContent {
  const bytes = Buffer.from(
    `${JSON.stringify(draft.json, undefined, draft.indent)}${draft.indent === undefined ? '' : '\n'}`,
  );
  const canonical = digestOf(bytes);
  return {
    name: draft.name,
    bytes,
    digests: draft.hasSha512 === true ? [canonical, digestOf(bytes, 'sha512')] : [canonical],
    types: draft.types,
    references: draft.references,
    subject: draft.json.subject?.digest,
    artifactType: draft.artifactType,
    annotations: draft.json.annotations,
  };
}

/** How a descriptor in another manifest names this one. */
export function descriptorOf({ bytes, digests, types }: ManifestContent): {
  mediaType: string;
  digest: Digest;
  size: number;
} {
  return { mediaType: types[0].servedAs, digest: digests[0], size: bytes.length };
}

/** A type that is said in the Content-Type and stays. */
export function said(mediaType: string): PushedType {
  return { contentType: mediaType, servedAs: mediaType };
}
