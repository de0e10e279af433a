/** What a manifest points to, by what it is there for. Pure. */
import type { StoredManifest } from '../../copy/image-source.ts';
import { DevregError } from '../../errors.ts';
import { isObject, parseJson } from '../../json-values.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { readDescriptors, readManifestContent } from '../../oci/manifest-content.ts';
import { isProblem } from '../../oci/manifest.ts';

/** A manifest taken apart. */
export interface ManifestParts {
  /** Of an index. */
  readonly children: readonly Descriptor[];
  /** Configuration and layers, without what stays with its publisher. */
  readonly blobs: readonly Descriptor[];
  readonly config: Descriptor | undefined;
  /** In their order, all of them. */
  readonly layers: readonly Descriptor[];
  readonly subject: Descriptor | undefined;
}

/**
 * Takes a manifest apart.
 * @param place for the error's sentence
 * @throws DevregError IMAGE_UNREADABLE
 */
export function takeApart({ bytes, mediaType, digest }: StoredManifest, place: string): ManifestParts {
  const content = readManifestContent(bytes, mediaType);
  if (isProblem(content)) {
    const message = `The manifest ${digest} of ${place} is none: ${content.problem}`;
    throw new DevregError('failure', 'IMAGE_UNREADABLE', message);
  }
  const manifest = readObject(bytes);
  const [config] = readDescriptors(manifest, 'config') ?? [];
  const [subject] = readDescriptors(manifest, 'subject') ?? [];
  const layers = readDescriptors(manifest, 'layers') ?? [];
  return { children: content.manifests, blobs: content.blobs, config, layers, subject };
}

/** The object that bytes are the JSON of; an empty one when they are none. */
export function readObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value = parseJson(new TextDecoder().decode(bytes));
  return isObject(value) ? value : {};
}
