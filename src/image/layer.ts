/** A layer in its two forms: plain for older engines, compressed for the way into a node. */
import { Readable } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { type Digest, startDigest } from '../oci/digest.ts';
import { OCI_LAYER } from '../oci/media-types.ts';
import { type ArchiveFile, withFolders } from '../tar/archive-file.ts';
import { writeTar } from '../tar/write-tar.ts';

/** How layers are written in an archive. Docker before 23 does not understand zstd. */
export type LayerForm = 'zstd' | 'plain';

/** A form of a layer, as manifests describe it. */
export interface LayerBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** A layer. */
export interface Layer {
  readonly plain: LayerBlob;
  readonly zstd: LayerBlob;
  /** The bytes of a form. */
  readonly open: (form: LayerForm) => Readable;
}

/** Levels above cost seconds and save a few percent. */
const ZSTD_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/** The media type of a form. @see https://github.com/opencontainers/image-spec/blob/main/layer.md */
export function layerMediaType(form: LayerForm): string {
  return form === 'zstd' ? `${OCI_LAYER}+zstd` : OCI_LAYER;
}

/** What is known once all bytes of a layer came by. */
export type LayerDigests = Pick<Layer, 'plain' | 'zstd'>;

/**
 * Writes a layer compressed, piece by piece.
 * @param finish gets the digests of both forms, before the last piece is taken
 */
export async function* compressLayer(
  files: readonly ArchiveFile[],
  finish: (digests: LayerDigests) => void,
): AsyncGenerator<Buffer> {
  const plain = startMeasuring();
  const zstd = startMeasuring();
  const tar = Readable.from(plain.watch(writeTar(withFolders(files))), { objectMode: false });
  const compress = createZstdCompress(ZSTD_OPTIONS);
  tar.once('error', (error) => compress.destroy(error));
  yield* zstd.watch(tar.pipe(compress));
  finish({ plain: plain.result(), zstd: zstd.result() });
}

/** Opens a form of a layer that is kept compressed. */
export function openForm(form: LayerForm, openZstd: () => Readable): Readable {
  const zstd = openZstd();
  if (form === 'zstd') return zstd;
  const plain = createZstdDecompress();
  zstd.once('error', (error) => plain.destroy(error));
  plain.once('close', () => zstd.destroy());
  return zstd.pipe(plain);
}

/** Makes a layer of a few small files, in memory. */
export async function buildSmallLayer(files: readonly ArchiveFile[]): Promise<Layer> {
  const pieces: Buffer[] = [];
  let digests: LayerDigests | undefined;
  for await (const piece of compressLayer(files, (result) => (digests = result))) pieces.push(piece);
  if (digests === undefined) throw new TypeError('The layer ended without its digests.');
  const bytes = Buffer.concat(pieces);
  return { ...digests, open: (form) => openForm(form, () => Readable.from([bytes], { objectMode: false })) };
}

interface Measuring {
  watch(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  result(): LayerBlob;
}

function startMeasuring(): Measuring {
  const digest = startDigest('sha256');
  let size = 0;
  return {
    async *watch(pieces) {
      for await (const piece of pieces) {
        digest.update(piece);
        size += piece.length;
        yield piece;
      }
    },
    result: () => ({ digest: digest.finish(), size }),
  };
}
