/** The layers in archives of `docker save`: plain as Docker writes them, or compressed as others do. */
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest, startDigest } from '../../oci/digest.ts';
import { OCI_LAYER } from '../../oci/media-types.ts';
import { archiveUnreadable, contentWrong } from '../archive-errors.ts';
import { type Compression, compressionOf, decompressors, isDamaged, MAGIC_BYTES } from '../compression.ts';
import type { FileTree, TreeFile } from '../file-tree.ts';

/** A layer, and the file that has it. */
export interface DockerLayer {
  readonly descriptor: Descriptor;
  readonly file: TreeFile;
}

/**
 * Describes a layer as it is in the archive. A plain one has its digest from the configuration, and is held against it
 * when it is read; a compressed one is read here, for its own digest and that of what is in it.
 * @param plainDigest what the configuration says
 * @throws DevregError ARCHIVE_UNREADABLE, CONTENT_WRONG; the signal's reason
 */
export async function describeLayer(
  tree: FileTree,
  path: string,
  plainDigest: Digest,
  signal: AbortSignal,
): Promise<DockerLayer> {
  const file = await tree.find(path);
  if (file === undefined) throw archiveUnreadable(tree.name, `it has no layer ${path}`);
  const compression = compressionOf(await readHead(file));
  if (compression === 'bzip2' || compression === 'xz') {
    throw archiveUnreadable(tree.name, `the layer ${path} is compressed by ${compression}, which is not supported`);
  }
  if (compression === 'none') {
    return { file, descriptor: { mediaType: OCI_LAYER, digest: plainDigest, size: file.size } };
  }
  const digest = await measure(tree, file, compression, plainDigest, signal);
  return { file, descriptor: { mediaType: `${OCI_LAYER}+${compression}`, digest, size: file.size } };
}

async function readHead(file: TreeFile): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const piece of file.open()) {
    head = Buffer.concat([head, piece.subarray(0, MAGIC_BYTES)]);
    if (head.length >= MAGIC_BYTES) break;
  }
  return head;
}

/** @returns the digest of the bytes as they are */
async function measure(
  tree: FileTree,
  file: TreeFile,
  compression: Compression,
  plainDigest: Digest,
  signal: AbortSignal,
): Promise<Digest> {
  const compressed = startDigest('sha256');
  const plain = startDigest(algorithmOf(plainDigest));
  const watch = new Transform({
    transform(piece: Buffer, _encoding, done) {
      compressed.update(piece);
      done(null, piece);
    },
  });
  const sink = new Writable({
    write(piece: Buffer, _encoding, done) {
      plain.update(piece);
      done();
    },
  });
  try {
    await pipeline([file.open(), watch, ...decompressors(compression), sink], { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (isDamaged(error)) throw contentWrong(tree.name, plainDigest, 'it cannot be uncompressed', error);
    throw error;
  }
  const is = plain.finish();
  if (is !== plainDigest) throw contentWrong(tree.name, plainDigest, `its digest is ${is}`);
  return compressed.finish();
}
