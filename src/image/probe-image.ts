/** An image of one small program, made in memory. */
import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../oci/digest.ts';
import { OCI_CONFIG, OCI_MANIFEST } from '../oci/media-types.ts';
import { writeTar } from '../tar/write-tar.ts';

/** Content and its digest. */
interface ProbeBlob {
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** The image: what goes into a registry, in this order. */
export interface ProbeImage {
  readonly blobs: readonly ProbeBlob[];
  readonly manifest: ProbeBlob;
}

const PROGRAM_PATH = 'probe';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/**
 * Makes the image.
 * @param program a static executable
 * @param architecture as Go calls it
 * @see https://github.com/opencontainers/image-spec/blob/main/spec.md
 */
export async function makeProbeImage(program: Buffer, architecture: string): Promise<ProbeImage> {
  const tar = Buffer.concat(
    await Array.fromAsync(writeTar([{ kind: 'bytes', path: PROGRAM_PATH, mode: 0o755, bytes: program }])),
  );
  const layer = blobOf(gzipSync(tar));
  const config = blobOf({
    architecture,
    os: 'linux',
    config: { Entrypoint: [`/${PROGRAM_PATH}`] },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  });
  const manifest = blobOf({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: config.digest, size: config.bytes.length },
    layers: [{ mediaType: LAYER, digest: layer.digest, size: layer.bytes.length }],
  });
  return { blobs: [layer, config], manifest };
}

function blobOf(content: Buffer | object): ProbeBlob {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return { digest: digestOf(bytes), bytes };
}
