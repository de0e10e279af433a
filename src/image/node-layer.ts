/**
 * The layer with Node, made once and kept:
 *
 *     <cache>/
 *     ├── node-<key>.json        what it was made of, and its digests
 *     └── node-<key>.tar.zst
 *
 * The key stands for the path of Node and the architecture; a Node that changed replaces its layer.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DevregError, translateFileErrors } from '../errors.ts';
import { makeFolders } from '../make-folders.ts';
import { digestOf, hexOf } from '../oci/digest.ts';
import type { Runner } from '../process/runner.ts';
import { InputChangedError } from '../tar/archive-file.ts';
import { type Layer, type LayerDigests, compressLayer, openForm } from './layer.ts';
import { type LayerRecord, formatLayerRecord, parseLayerRecord } from './layer-record.ts';
import { type HostFile, lookAt, lookAtNode, nodeLayerFiles } from './node-files.ts';
import { listSharedLibraries } from './shared-libraries.ts';

/** The layer, with the files it is made of. */
export interface NodeLayer extends Layer {
  readonly files: readonly HostFile[];
}

/** Layers of Nodes that nobody used for so long are removed. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/** Characters of a key. */
const KEY_LENGTH = 16;

/**
 * Finds the layer in the cache or makes it.
 * @param node the path of Node's program
 * @throws DevregError NODE_LIBRARIES_UNKNOWN, IMAGE_INPUT_CHANGED, or when the file system refuses
 */
export async function ensureNodeLayer(
  node: string,
  cacheFolder: string,
  runner: Pick<Runner, 'run'>,
): Promise<NodeLayer> {
  const base = join(cacheFolder, `node-${hexOf(digestOf(node)).slice(0, KEY_LENGTH)}`);
  const known = await findLayer(base);
  if (known !== undefined) return known;
  const files = await lookAtNode(node, await listSharedLibraries(node, runner));
  const made = await translateFileErrors(`keep the registry's image in ${cacheFolder}`, async () => {
    await makeFolders(cacheFolder, 0o700);
    await removeUnused(cacheFolder);
    return writeLayer(base, files);
  });
  return layerOf(base, { ...made, files });
}

function layerOf(base: string, { plain, zstd, files }: LayerRecord): NodeLayer {
  return { plain, zstd, files, open: (form) => openForm(form, () => createReadStream(archiveOf(base))) };
}

/** @returns undefined unless the layer is whole and everything it was made of is as it was */
async function findLayer(base: string): Promise<NodeLayer | undefined> {
  const record = parseLayerRecord(await readFile(recordOf(base), 'utf8').catch(() => ''));
  const archive = await stat(archiveOf(base)).catch(() => undefined);
  if (record === undefined || archive?.size !== record.zstd.size) return undefined;
  const now = await Promise.all(record.files.map(({ path, place }) => lookAt(path, place).catch(() => undefined)));
  const isSame = now.every((file, index) => JSON.stringify(file) === JSON.stringify(record.files[index]));
  if (!isSame) return undefined;
  await markUsed(base);
  return layerOf(base, record);
}

/** A cache that cannot be written to can still be used. */
async function markUsed(base: string): Promise<void> {
  const now = new Date();
  await Promise.all([recordOf(base), archiveOf(base)].map((path) => utimes(path, now, now).catch(() => undefined)));
}

/** Both files get their names when they are whole and on the disk, the record last. */
async function writeLayer(base: string, files: readonly HostFile[]): Promise<LayerDigests> {
  const draft = `${base}.${randomUUID()}.draft`;
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(draft, { force: true }));
  const digests = await writeArchive(draft, files);
  await rename(draft, archiveOf(base));
  await writeFile(draft, formatLayerRecord({ ...digests, files }), { mode: 0o600 });
  await rename(draft, recordOf(base));
  return digests;
}

async function writeArchive(path: string, files: readonly HostFile[]): Promise<LayerDigests> {
  await using file = await open(path, 'wx', 0o600);
  let digests: LayerDigests | undefined;
  try {
    await file.writeFile(compressLayer(nodeLayerFiles(files), (result) => (digests = result)));
  } catch (cause) {
    if (!(cause instanceof InputChangedError)) throw cause;
    const message = "Node or one of its libraries changed while the registry's image was made of it.";
    throw new DevregError('failure', 'IMAGE_INPUT_CHANGED', message, { hint: 'Try again.', cause });
  }
  await file.sync();
  if (digests === undefined) throw new TypeError('The layer ended without its digests.');
  return digests;
}

async function removeUnused(cacheFolder: string): Promise<void> {
  const oldest = Date.now() - KEEP_MS;
  for (const name of await readdir(cacheFolder)) {
    if (!/^node-[0-9a-f]+\./.test(name)) continue;
    const path = join(cacheFolder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts !== undefined && facts.mtimeMs < oldest) await rm(path, { force: true });
  }
}

function recordOf(base: string): string {
  return `${base}.json`;
}

function archiveOf(base: string): string {
  return `${base}.tar.zst`;
}
