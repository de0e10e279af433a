/** Documents of layouts and archives: small files that are read as a whole. */
import { measureJson } from '../oci/json-extent.ts';
import { archiveUnreadable } from './archive-errors.ts';
import type { FileTree, TreeFile } from './file-tree.ts';

/** Registries take manifests of 4 MiB; lists of many images may be longer. */
const DOCUMENT_MAX = 32 * 1024 * 1024;

/** A text of brackets becomes hundreds of times its size in objects. */
const DEPTH_MAX = 100;
const VALUES_MAX = 1_000_000;

/** Fields of an object whose shape is not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** @returns undefined when it is not there. @throws DevregError ARCHIVE_UNREADABLE */
export async function readDocument(tree: FileTree, path: string): Promise<Buffer | undefined> {
  const file = await tree.find(path);
  return file === undefined ? undefined : readAll(tree, path, file);
}

/** A small file's bytes. @throws DevregError ARCHIVE_UNREADABLE when it is not small */
export async function readAll(tree: FileTree, path: string, file: TreeFile): Promise<Buffer> {
  if (file.size > DOCUMENT_MAX) throw archiveUnreadable(tree.name, `${path} is too long`);
  const pieces: Buffer[] = [];
  for await (const piece of file.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** @throws DevregError ARCHIVE_UNREADABLE when it is no JSON. */
export function parseDocument(tree: FileTree, path: string, bytes: Buffer): unknown {
  const { depth, values } = measureJson(bytes);
  if (depth > DEPTH_MAX || values > VALUES_MAX) throw archiveUnreadable(tree.name, `${path} has too many values`);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw archiveUnreadable(tree.name, `${path} is not JSON`, error);
  }
}

/** @returns no fields for what is no object */
export function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The texts of a list; undefined when it is none, or has something else in it. */
export function asTexts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item): item is string => typeof item === 'string');
  return texts.length === value.length ? texts : undefined;
}
