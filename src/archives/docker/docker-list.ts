/** The list of images in archives of `docker save`: `manifest.json`. */
import { archiveUnreadable } from '../archive-errors.ts';
import type { FileTree } from '../file-tree.ts';
import { asFields, asTexts, parseDocument, readDocument } from '../small-files.ts';

export const LIST_FILE = 'manifest.json';

/** An image; paths are those of files in the archive. @see https://github.com/moby/docker-image-spec */
export interface DockerImage {
  readonly config: string;
  /** With their tags. */
  readonly names: readonly string[];
  readonly layers: readonly string[];
}

/** Reads the list. @returns undefined when there is none. @throws DevregError ARCHIVE_UNREADABLE */
export async function readDockerList(tree: FileTree): Promise<readonly DockerImage[] | undefined> {
  const bytes = await readDocument(tree, LIST_FILE);
  if (bytes === undefined) return undefined;
  const list = parseDocument(tree, LIST_FILE, bytes);
  if (!Array.isArray(list)) throw archiveUnreadable(tree.name, `${LIST_FILE} is not a list of images`);
  return list.map((item) => {
    const { Config: config, RepoTags: tags, Layers: files } = asFields(item);
    const [names, layers] = [asTexts(tags ?? []), asTexts(files ?? [])];
    if (typeof config !== 'string' || names === undefined || layers === undefined) {
      throw archiveUnreadable(tree.name, `${LIST_FILE} has a damaged entry`);
    }
    return { config, names, layers };
  });
}

/** Writes the list. */
export function formatDockerList(images: readonly DockerImage[]): Buffer {
  return Buffer.from(
    JSON.stringify(images.map(({ config, names, layers }) => ({ Config: config, RepoTags: names, Layers: layers }))),
  );
}
