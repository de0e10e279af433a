/** What is pushed: bytes that never were before, with their digests, at next to no cost for the machine that is measured. */
import { createHash, randomBytes } from 'node:crypto';
import { digestOf } from '../../src/oci/digest.ts';

/** A blob. */
export interface Blob {
  readonly digest: string;
  readonly pieces: readonly Buffer[];
  readonly size: number;
}

/** A small image: a configuration, three layers, a manifest. */
export interface Image {
  readonly blobs: readonly Blob[];
  readonly manifest: Buffer;
  readonly digest: string;
}

const PIECE = 1024 * 1024;

/** Makes large blobs that share all but their end, so that making one more costs next to nothing. */
export function createBlobMaker(size: number): () => Blob {
  const end = 32;
  const shared = Array.from({ length: Math.ceil(size / PIECE) }, (_, index) =>
    randomBytes(Math.min(PIECE, size - index * PIECE)),
  );
  const last = shared.pop() ?? Buffer.alloc(0);
  const start = last.subarray(0, last.length - end);
  const hash = createHash('sha256');
  for (const piece of [...shared, start]) hash.update(piece);
  return () => {
    const tail = randomBytes(Math.min(end, last.length));
    const digest = `sha256:${hash.copy().update(tail).digest('hex')}`;
    return { digest, size, pieces: [...shared, start, tail] };
  };
}

/** A blob of random bytes. */
export function makeBlob(size: number): Blob {
  const bytes = randomBytes(size);
  return { digest: digestOf(bytes), pieces: [bytes], size };
}

/** An image whose layers are of 10 KiB. */
export function makeImage(): Image {
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', id: randomBytes(8).toString('hex') }),
  );
  const layers = Array.from({ length: 3 }, () => makeBlob(10 * 1_024));
  const manifest = manifestOf({ digest: digestOf(config), size: config.length }, layers);
  const blobs = [{ digest: digestOf(config), pieces: [config], size: config.length }, ...layers];
  return { blobs, manifest, digest: digestOf(manifest) };
}

function manifestOf(config: { digest: string; size: number }, layers: readonly Blob[]): Buffer {
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ digest, size }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size })),
  });
  return Buffer.from(text);
}
