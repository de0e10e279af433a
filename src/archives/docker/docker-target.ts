/** An archive as `docker save` writes it, to be copied to: one image, its layers plain. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, Readable, Transform } from 'node:stream';
import type { ImageTarget } from '../../copy/image-target.ts';
import { DevregError, translateReadErrors } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest, hexOf, startDigest } from '../../oci/digest.ts';
import { DOCKER_MANIFEST, isImageManifest, OCI_MANIFEST } from '../../oci/media-types.ts';
import { type ArchiveFile, fileOfDisk } from '../../tar/archive-file.ts';
import { archiveUnreadable, contentWrong } from '../archive-errors.ts';
import { checkContent } from '../checked-content.ts';
import { compressionOf, decompressors, isDamaged, peek } from '../compression.ts';
import { readDescriptor } from '../layout/layout-index.ts';
import type { ArchiveOutput } from '../output/archive-output.ts';
import { writeStream } from '../output/lasting-files.ts';
import { makeWorkFolder } from '../output/work-folder.ts';
import { asFields } from '../small-files.ts';
import { formatDockerList, LIST_FILE } from './docker-list.ts';
import { readPlainDigests } from './docker-source.ts';

const FILE_MODE = 0o644;

/** A content as it is kept: uncompressed. */
interface Plain {
  readonly path: string;
  readonly digest: Digest;
}

/**
 * Opens a target. The image's manifest has no place in such archives: what is read back has another digest, but the same
 * configuration and so the same id.
 * @param names with nothing left out
 * @param name of the target, for sentences
 */
export async function openDockerTarget(
  output: ArchiveOutput,
  names: readonly string[],
  name: string,
): Promise<ImageTarget> {
  const work = await makeWorkFolder(output.workFolder);
  const contents = new Map<Digest, Plain>();
  return {
    name,
    holdsOnly: [OCI_MANIFEST, DOCKER_MANIFEST],
    hasManifest: async () => false,
    claimBlob: async ({ digest }) => (contents.has(digest) ? 'there' : undefined),
    async writeBlob(blob, open, signal) {
      const path = join(work.path, hexOf(blob.digest));
      const digest = await writePlain(path, blob, await open(0), signal, name);
      contents.set(blob.digest, { path, digest });
    },
    // Children and referrers have no place either.
    writeManifest: async () => {},
    async finish(root, signal) {
      if (!isImageManifest(root.mediaType)) throw notHeld(name, root.mediaType);
      const files = await listFiles(asFields(JSON.parse(Buffer.from(root.bytes).toString())), contents, names, name);
      await output.write(files, signal);
    },
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

/** Writes a content uncompressed; as it came it must be what its digest says. @returns the digest of what was written */
async function writePlain(
  path: string,
  blob: Descriptor,
  content: Readable,
  signal: AbortSignal,
  name: string,
): Promise<Digest> {
  const checked = checkContent(addAbortSignal(signal, content), blob, name);
  const running = startDigest(algorithmOf(blob.digest));
  const watch = new Transform({
    transform(piece: Buffer, _encoding, done) {
      running.update(piece);
      done(null, piece);
    },
  });
  try {
    const { head, all } = await peek(checked);
    const compression = compressionOf(head);
    if (compression === 'bzip2' || compression === 'xz') throw notSupported(name, compression);
    const streams = [Readable.from(all, { objectMode: false }), ...decompressors(compression), watch] as const;
    await writeStream(path, streams, { lasting: false }, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isDamaged(error)) throw contentWrong(name, blob.digest, 'it cannot be uncompressed', error);
    throw error;
  }
  return running.finish();
}

async function listFiles(
  manifest: Readonly<Record<string, unknown>>,
  contents: ReadonlyMap<Digest, Plain>,
  names: readonly string[],
  name: string,
): Promise<readonly ArchiveFile[]> {
  const find = (value: unknown): Plain => {
    const digest = readDescriptor(value)?.digest;
    const plain = digest === undefined ? undefined : contents.get(digest);
    if (plain === undefined) throw new TypeError(`The content ${digest} was never written.`);
    return plain;
  };
  const config = find(manifest['config']);
  const layers = (Array.isArray(manifest['layers']) ? manifest['layers'] : []).map(find);
  await checkLayers(config, layers, name);
  const configFile = `${hexOf(config.digest)}.json`;
  const list = [{ config: configFile, names, layers: layers.map(layerFile) }];
  const byFile = new Map([[configFile, config], ...layers.map((layer) => [layerFile(layer), layer] as const)]);
  const files = [...byFile].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    { kind: 'bytes', path: LIST_FILE, mode: FILE_MODE, bytes: formatDockerList(list) },
    ...(await Promise.all(files.map(([file, { path }]) => fileOf(file, path)))),
  ];
}

function layerFile({ digest }: Plain): string {
  return `${hexOf(digest)}.tar`;
}

async function fileOf(file: string, path: string): Promise<ArchiveFile> {
  return fileOfDisk(file, FILE_MODE, { path, size: (await stat(path)).size });
}

/** Docker finds layers by the digests that the configuration has of them. */
async function checkLayers(config: Plain, layers: readonly Plain[], name: string): Promise<void> {
  const text = await translateReadErrors(config.path, () => readFile(config.path, 'utf8'));
  const expected = readPlainDigests(parseConfig(text));
  if (expected?.length !== layers.length) {
    throw notHeld(name, 'an image whose configuration does not fit its layers');
  }
  for (const [number, { digest }] of layers.entries()) {
    const wanted = expected[number];
    if (wanted !== undefined && wanted !== digest) throw contentWrong(name, wanted, `its digest is ${digest}`);
  }
}

function parseConfig(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notSupported(name: string, compression: string): DevregError {
  return archiveUnreadable(name, `a layer is compressed by ${compression}, which is not supported`);
}

function notHeld(name: string, what: string): DevregError {
  return new DevregError('failure', 'MANIFEST_NOT_HELD', `${name} cannot hold ${what}.`, {
    hint: 'Choose one platform of an image with --platform, or copy to oci: or oci-archive:, which take everything.',
  });
}
