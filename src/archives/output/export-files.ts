/** What is in an archive that every loader reads: an OCI layout, and the list that Docker reads beside it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor, Platform } from '../../oci/descriptor.ts';
import { type Digest, hexOf } from '../../oci/digest.ts';
import { DOCKER_CONFIG, isImageManifest, isIndex, OCI_CONFIG } from '../../oci/media-types.ts';
import { type ArchiveFile, fileOfDisk, withFolders } from '../../tar/archive-file.ts';
import { type DockerImage, formatDockerList, LIST_FILE } from '../docker/docker-list.ts';
import { openFolder } from '../folder-tree.ts';
import { addEntry, type NewEntry } from '../layout/add-entry.ts';
import {
  blobPath,
  CONTAINERD_NAME,
  EMPTY_INDEX,
  formatLayoutIndex,
  INDEX_FILE,
  LAYOUT_FILE,
  LAYOUT_VERSION,
  namesOf,
  readDescriptor,
} from '../layout/layout-index.ts';
import { asFields, parseDocument, readDocument } from '../small-files.ts';

const FILE_MODE = 0o644;

/** Configurations of images that run; other manifests are no images to Docker. */
const CONFIG_TYPES: ReadonlySet<string> = new Set([OCI_CONFIG, DOCKER_CONFIG]);

/**
 * Lists the files of an archive. The short documents come first, so that who reads it from a pipe knows what follows;
 * nothing depends on the order in which images and blobs came.
 * @param folder a layout's contents; its list is not looked at
 * @param platform the child of an index that Docker gets
 */
export async function listExportFiles(
  folder: string,
  added: readonly NewEntry[],
  blobs: readonly Digest[],
  platform: Platform,
): Promise<readonly ArchiveFile[]> {
  const entries = tellApart(added).toSorted(byName).reduce(addEntry, []);
  const docker = await listDockerImages(folder, entries, platform);
  const documents = [
    documentOf(LAYOUT_FILE, LAYOUT_VERSION),
    documentOf(INDEX_FILE, formatLayoutIndex({ ...EMPTY_INDEX, entries })),
    ...(docker.length === 0 ? [] : [documentOf(LIST_FILE, formatDockerList(docker))]),
  ];
  const contents = await Promise.all([...new Set(blobs)].map((digest) => contentOf(folder, digest)));
  return [...documents, ...withFolders(contents)];
}

/** A tag that several images have makes way for their full names. */
function tellApart(added: readonly NewEntry[]): readonly NewEntry[] {
  const same = Map.groupBy(added, ({ refName }) => refName);
  const isShared = ({ refName, descriptor }: NewEntry) =>
    same.get(refName)?.some((other) => other.descriptor.digest !== descriptor.digest) === true;
  return added.map((entry) =>
    entry.fullName !== undefined && isShared(entry) ? { ...entry, refName: entry.fullName } : entry,
  );
}

/** By full name, then by short one, then by digest. */
function byName(one: NewEntry, other: NewEntry): number {
  const key = ({ fullName = '', refName = '', descriptor }: NewEntry) => `${fullName} ${refName} ${descriptor.digest}`;
  return key(one) < key(other) ? -1 : 1;
}

function documentOf(path: string, bytes: Buffer): ArchiveFile {
  return { kind: 'bytes', path, mode: FILE_MODE, bytes };
}

async function contentOf(folder: string, digest: Digest): Promise<ArchiveFile> {
  const path = join(folder, blobPath(digest));
  const { size } = await stat(path);
  return fileOfDisk(blobPath(digest), FILE_MODE, { path, size });
}

/** Each image once, with all its names. */
async function listDockerImages(
  folder: string,
  entries: readonly Descriptor[],
  platform: Platform,
): Promise<readonly DockerImage[]> {
  const images = new Map<string, DockerImage>();
  for (const entry of entries) {
    const parts = await readParts(folder, entry, platform);
    if (parts === undefined) continue;
    const full = entry.annotations?.[CONTAINERD_NAME];
    const names = full === undefined ? namesOf(entry).filter((name) => name.includes(':')) : [full];
    const before = images.get(parts.key);
    images.set(parts.key, { ...parts.image, names: [...new Set([...(before?.names ?? []), ...names])] });
  }
  return [...images.values()];
}

interface Parts {
  readonly key: string;
  readonly image: Omit<DockerImage, 'names'>;
}

async function readParts(folder: string, entry: Descriptor, platform: Platform): Promise<Parts | undefined> {
  const tree = await openFolder(folder);
  const bytes = await readDocument(tree, blobPath(entry.digest));
  if (bytes === undefined) return undefined;
  const manifest = asFields(parseDocument(tree, blobPath(entry.digest), bytes));
  if (isIndex(entry.mediaType)) {
    const child = chooseChild(listOf(manifest['manifests']), platform);
    return child === undefined || isIndex(child.mediaType) ? undefined : readParts(folder, child, platform);
  }
  const config = readDescriptor(manifest['config']);
  const layers = listOf(manifest['layers']);
  if (!isImageManifest(entry.mediaType) || config === undefined || !CONFIG_TYPES.has(config.mediaType))
    return undefined;
  const image = { config: blobPath(config.digest), layers: layers.map(({ digest }) => blobPath(digest)) };
  return { key: hexOf(entry.digest), image };
}

/** Children for another variant of the processor come after one that has none. */
function chooseChild(children: readonly Descriptor[], { os, architecture, variant }: Platform): Descriptor | undefined {
  const fitting = children.filter(({ platform }) => platform?.os === os && platform.architecture === architecture);
  return (
    fitting.find(({ platform }) => variant !== undefined && platform?.variant === variant) ??
    fitting.find(({ platform }) => platform?.variant === undefined) ??
    fitting[0]
  );
}

function listOf(value: unknown): readonly Descriptor[] {
  return Array.isArray(value) ? value.map(readDescriptor).filter((child) => child !== undefined) : [];
}
