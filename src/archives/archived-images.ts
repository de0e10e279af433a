/** What images are in a folder or archive, whatever its kind. */
import type { ImageSource } from '../copy/image-source.ts';
import { archiveUnreadable } from './archive-errors.ts';
import { ROOT_FILE, VERSION_FILE } from './dir/dir-files.ts';
import { openDirSource } from './dir/dir-source.ts';
import { type DockerImage, readDockerList } from './docker/docker-list.ts';
import { openDockerSource } from './docker/docker-source.ts';
import type { FileTree } from './file-tree.ts';
import { isAttached } from './layout/choose-image.ts';
import { type LayoutIndex, namesOf, readLayoutIndex } from './layout/layout-index.ts';
import { sourceOf } from './layout/layout-source.ts';

/** An image in a folder or archive. */
export interface ArchivedImage {
  /** As they stand there: full names or tags; for folders of `skopeo sync` their paths; or none. */
  readonly names: readonly string[];
  /** Closing it leaves the archive open. */
  open(signal: AbortSignal): Promise<ImageSource>;
}

/** Folders of `skopeo sync` are as deep as the names of images. */
const DEPTH_MAX = 12;

/** Where packages of zarf have their layout. */
const PACKAGE_FOLDER = 'images';

/** Links that lead to folders above would make them endless. */
const FOLDERS_MAX = 50_000;

/**
 * Lists images: of an OCI layout, also of one in a package of zarf, of Docker's list, of a `dir:` folder, or of `dir:` folders below one another.
 * @throws DevregError ARCHIVE_UNREADABLE when there are none
 */
export async function listArchivedImages(archive: FileTree, signal: AbortSignal): Promise<readonly ArchivedImage[]> {
  signal.throwIfAborted();
  const tree = withoutClosing(archive);
  for (const layout of [tree, below(tree, PACKAGE_FOLDER)]) {
    const index = await readLayoutIndex(layout);
    if (index !== undefined) return imagesOfLayout(layout, index);
  }
  if (await isDir(tree)) return [imageOfDir(tree, [])];
  const docker = await readDockerList(tree);
  if (docker !== undefined) return docker.map((image) => imageOfDocker(tree, image));
  const folders = await listDirs(tree);
  if (folders.length > 0) return folders.map((folder) => imageOfDir(below(tree, folder), [folder]));
  throw archiveUnreadable(archive.name, 'it has neither index.json nor manifest.json');
}

/** Each manifest once, with all its names; what is attached to another goes along with that. */
function imagesOfLayout(tree: FileTree, { entries }: LayoutIndex): readonly ArchivedImage[] {
  const images = entries.filter((entry) => !isAttached(entry));
  const digests = [...new Set(images.map(({ digest }) => digest))];
  return digests.flatMap((digest) => {
    const same = images.filter((entry) => entry.digest === digest);
    const [first] = same;
    const names = [...new Set(same.flatMap((entry) => namesOf(entry).slice(0, 1)))];
    if (first === undefined) return [];
    const name = `${tree.name}:${names[0] ?? digest}`;
    return [{ names, open: async () => sourceOf(tree, entries, first, name) }];
  });
}

function imageOfDocker(tree: FileTree, image: DockerImage): ArchivedImage {
  const name = `${tree.name}:${image.names[0] ?? image.config}`;
  return { names: image.names, open: (signal) => openDockerSource(tree, image, name, signal) };
}

function imageOfDir(tree: FileTree, names: readonly string[]): ArchivedImage {
  return { names, open: () => openDirSource(tree, tree.name) };
}

async function isDir(tree: FileTree): Promise<boolean> {
  return (await tree.find(VERSION_FILE)) !== undefined && (await tree.find(ROOT_FILE)) !== undefined;
}

/** Folders that have an image, at any depth. */
async function listDirs(tree: FileTree): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [''];
  for (let count = 0; waiting.length > 0; count++) {
    if (count > FOLDERS_MAX) throw archiveUnreadable(tree.name, 'it has too many folders');
    const folder = waiting.pop() ?? '';
    const names = await tree.list(folder);
    if (names.includes(VERSION_FILE) && names.includes(ROOT_FILE)) found.push(folder);
    else if (folder.split('/').length < DEPTH_MAX) {
      waiting.push(...names.map((name) => (folder === '' ? name : `${folder}/${name}`)));
    }
  }
  return found.toSorted();
}

/** A folder of a tree as a tree. */
function below(tree: FileTree, folder: string): FileTree {
  return {
    name: `${tree.name}/${folder}`,
    find: (path) => tree.find(`${folder}/${path}`),
    list: (inner) => tree.list(`${folder}/${inner}`),
    [Symbol.asyncDispose]: async () => {},
  };
}

function withoutClosing(tree: FileTree): FileTree {
  return { ...tree, [Symbol.asyncDispose]: async () => {} };
}
