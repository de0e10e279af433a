/** Reads a list of images in whatever form it is written. */
import { YAMLParseError, parseAllDocuments } from 'yaml';
import { deployedKind, readDeployed } from './deployed-list.ts';
import { type ImageList, type ListKind, type ListSurroundings } from './image-list.ts';
import { isObject } from '../json-values.ts';
import { type ListObject, listInvalid } from './list-error.ts';
import { isPlainList, readPlainList } from './plain-list.ts';
import { isRegsyncList, readRegsyncList } from './regsync-list.ts';
import { isSkopeoList, readSkopeoList } from './skopeo-list.ts';

/**
 * Reads a list.
 * @param kind what it is; undefined: what it looks like
 * @throws DevregError IMAGE_LIST_INVALID
 */
export function readImageList(text: string, kind: ListKind | undefined, surroundings: ListSurroundings): ImageList {
  const list = readAs(text, kind, surroundings);
  if (list.jobs.length === 0) throw listInvalid(surroundings.file, 'names no images');
  return list;
}

function readAs(text: string, kind: ListKind | undefined, surroundings: ListSurroundings): ImageList {
  const { file } = surroundings;
  if (kind === 'list' || (kind === undefined && isPlainList(text))) return readPlainList(text);
  const documents = parseDocuments(text, file);
  const [first] = documents;
  if (kind === 'regsync' || (kind === undefined && isRegsyncList(first)))
    return readRegsyncList(objectOf(first, file), surroundings);
  const deployed = deployedKind(documents);
  if (kind === undefined && deployed === undefined && isSkopeoList(first)) return readSkopeoList(first, file);
  if (kind === 'skopeo') return readSkopeoList(objectOf(first, file), file);
  const chosen = kind ?? deployed;
  if (chosen !== undefined) return readDeployed(documents, chosen, surroundings);
  throw listInvalid(
    file,
    'is no list of images of a kind that is known',
    'Say with --from what it is: skopeo, regsync, hauler, zarf, k8s, compose or list.',
  );
}

/** Aliases may not make more of a text than a hundred times what it says. */
function parseDocuments(text: string, file: string): readonly unknown[] {
  try {
    return parseAllDocuments(text).map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS({ maxAliasCount: 100 }) as unknown;
    });
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof ReferenceError) {
      const [sentence = ''] = error.message.split('\n');
      throw listInvalid(file, `is neither a plain list nor YAML: ${sentence.replace(/[.:]$/, '')}`);
    }
    throw error;
  }
}

function objectOf(document: unknown, file: string): ListObject {
  if (isObject(document)) return document;
  throw listInvalid(file, 'is not what --from says');
}
