/** Blobs and manifests for tests, and pushing them. */
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import {
  DOCKER_MANIFEST,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_LAYER,
  OCI_MANIFEST,
} from '../../src/oci/media-types.ts';
import type { TestRegistry } from './registry-server.ts';
import type { WireReply } from './wire.ts';

/** Content with its digest and media type. */
export interface Content {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly mediaType: string;
}

/** Makes content. */
export function content(
  bytes: string | Uint8Array,
  mediaType: string,
  algorithm: 'sha256' | 'sha512' = 'sha256',
): Content {
  const buffer = Buffer.from(bytes as Uint8Array);
  return { bytes: buffer, digest: digestOf(buffer, algorithm), mediaType };
}

/** A blob, as a layer. */
export function blob(bytes: string | Uint8Array, algorithm?: 'sha256' | 'sha512'): Content {
  return content(bytes, OCI_LAYER, algorithm);
}

/** The config of all test images. */
export const CONFIG = content('{}', OCI_CONFIG);
/** The empty config of artifacts. */
export const EMPTY = content('{}', OCI_EMPTY);

/** How something describes content. */
export function descriptorOf({ digest, mediaType, bytes }: Content): {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
} {
  return { mediaType, digest, size: bytes.length };
}

/** What a test wants in its manifest besides the layers. */
export interface ManifestFields {
  readonly mediaType?: string;
  readonly config?: Content;
  readonly subject?: Content;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image manifest. */
export function image(layers: readonly Content[] = [], fields: ManifestFields = {}): Content {
  const { mediaType = OCI_MANIFEST, config = CONFIG, subject, ...rest } = fields;
  const value = {
    schemaVersion: 2,
    mediaType,
    config: descriptorOf(config),
    layers: layers.map(descriptorOf),
    ...(subject === undefined ? {} : { subject: descriptorOf(subject) }),
    ...rest,
  };
  return content(JSON.stringify(value), mediaType);
}

/** An image index. */
export function index(manifests: readonly Content[], fields: Omit<ManifestFields, 'config'> = {}): Content {
  const { mediaType = OCI_INDEX, subject, ...rest } = fields;
  const value = {
    schemaVersion: 2,
    mediaType,
    manifests: manifests.map(descriptorOf),
    ...(subject === undefined ? {} : { subject: descriptorOf(subject) }),
    ...rest,
  };
  return content(JSON.stringify(value), mediaType);
}

/** An image manifest as Docker writes it: tabs, line ends and all. */
export function dockerImage(layers: readonly Content[]): Content {
  const config = { ...descriptorOf(CONFIG), mediaType: 'application/vnd.docker.container.image.v1+json' };
  const mediaType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
  const value = {
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config,
    layers: layers.map((layer) => ({ ...descriptorOf(layer), mediaType })),
  };
  return content(JSON.stringify(value, undefined, '   '), DOCKER_MANIFEST);
}

type Headers = Readonly<Record<string, string>>;

/** Pushes a blob in one request. @throws when it is not accepted */
export async function pushBlob(
  registry: TestRegistry,
  name: string,
  { digest, bytes }: Content,
  headers: Headers = {},
): Promise<void> {
  const path = `/v2/${name}/blobs/uploads/?digest=${digest}`;
  accepted(await registry.send({ method: 'POST', path, headers, body: bytes }));
}

/** Pushes a manifest under a reference, by default its digest. @throws when it is not accepted */
export async function pushManifest(
  registry: TestRegistry,
  name: string,
  manifest: Content,
  { as = manifest.digest, headers = {} }: { readonly as?: string; readonly headers?: Headers } = {},
): Promise<WireReply> {
  const path = `/v2/${name}/manifests/${as}`;
  return accepted(
    await registry.send({
      method: 'PUT',
      path,
      headers: { 'content-type': manifest.mediaType, ...headers },
      body: manifest.bytes,
    }),
  );
}

/** Pushes an image with its blobs. @returns the manifest */
export async function pushImage(
  registry: TestRegistry,
  name: string,
  {
    as,
    headers = {},
    layers = [],
    ...fields
  }: ManifestFields & {
    readonly as?: string;
    readonly headers?: Headers;
    readonly layers?: readonly Content[];
  } = {},
): Promise<Content> {
  const manifest = image(layers, fields);
  for (const part of [fields.config ?? CONFIG, ...layers]) await pushBlob(registry, name, part, headers);
  await pushManifest(registry, name, manifest, { ...(as === undefined ? {} : { as }), headers });
  return manifest;
}

function accepted(reply: WireReply): WireReply {
  if (reply.status !== 201) throw new Error(`Not accepted: ${reply.status} ${reply.text}`);
  return reply;
}
