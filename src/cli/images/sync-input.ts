/** What a sync is to copy: reads the words of the command line, and the list of images if there is one. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { OptionReader } from '../../config/option-reader.ts';
import { parseChoice, parseText } from '../../config/values.ts';
import { DevregError, translateReadErrors } from '../../errors.ts';
import { type ImageList, LIST_KINDS, type ListKind, type ListedSource } from '../../imagelists/image-list.ts';
import { readImageList } from '../../imagelists/read-list.ts';
import { parseReference } from '../../oci/reference.ts';
import { hostIn } from '../../workflows/images/image-place.ts';
import type { Surroundings } from '../surroundings.ts';
import { readListFile } from './list-files.ts';

/** The words of the command line. */
export interface SyncWords {
  /** A file is a list of images. */
  readonly source: { readonly kind: 'docker' | 'dir' | 'file'; readonly text: string };
  readonly listKind: ListKind | undefined;
  /** Undefined: the list says, or the own registry. */
  readonly destination: string | undefined;
  readonly destinationKind: 'docker' | 'dir' | undefined;
  readonly scoped: boolean;
  readonly suffix: string;
}

/** What is to be copied. */
export interface SyncInput {
  /** Undefined for a folder. */
  readonly list: ImageList | undefined;
  readonly folder: string | undefined;
}

/** Reads the words. @throws DevregError USAGE, OPTIONS_CLASH */
export function readSyncWords(options: OptionReader, places: readonly string[]): SyncWords {
  const from = options.read('src', 'docker, dir or yaml', parseChoice(['docker', 'dir', 'yaml']));
  const to = options.read('dest', 'docker or dir', parseChoice(['docker', 'dir']));
  const file = options.read('file', 'a file', parseText);
  const listKind = options.read('from', LIST_KINDS.join(', '), parseChoice(LIST_KINDS));
  const common = {
    listKind: listKind ?? (from === 'yaml' ? ('skopeo' as const) : undefined),
    destinationKind: to,
    scoped: options.readSwitch('scoped'),
    suffix: options.read('appendSuffix', 'a text', parseText) ?? '',
  };
  if (file !== undefined) {
    if (places.length > 1) throw wrong('With --file there is a destination and nothing else.');
    return { ...common, source: { kind: 'file', text: file }, destination: places[0] };
  }
  const [source, destination] = places;
  if (source === undefined || destination === undefined) throw wrong('A sync needs a source and a destination.');
  if (from === 'yaml') return { ...common, source: { kind: 'file', text: source }, destination };
  const kind = from ?? (source.startsWith('dir:') ? 'dir' : 'docker');
  return { ...common, source: { kind, text: source.replace(/^dir:/, '') }, destination };
}

/** Reads the list, or makes one of the source. @throws DevregError IMAGE_LIST_INVALID, those of the file system */
export async function readSyncInput({ source, listKind }: SyncWords, surroundings: Surroundings): Promise<SyncInput> {
  const { env, machine, stdin } = surroundings;
  if (source.kind === 'dir') return { list: undefined, folder: resolve(machine.folder, source.text) };
  if (source.kind === 'docker') return { list: listOf(toSource(source.text)), folder: undefined };
  const path = resolve(machine.folder, source.text);
  const content =
    source.text === '-' ? await text(stdin) : await translateReadErrors(path, () => readFile(path, 'utf8'));
  const list = readImageList(content, listKind, {
    file: source.text === '-' ? 'standard input' : source.text,
    env,
    readFile: (name) => readListFile(name, source.text === '-' ? undefined : dirname(path)),
  });
  return { list, folder: undefined };
}

function listOf(source: ListedSource): ImageList {
  const job = { source, target: undefined, platforms: [], referrers: undefined };
  return { kind: 'list', jobs: [job], registries: new Map(), warnings: [] };
}

/** A registry, a repository with all its tags, or one image. */
function toSource(words: string): ListedSource {
  const bare = words.replace(/^docker:\/\//, '');
  const host = hostIn(bare);
  if (host !== undefined) return { kind: 'registry', host, matches: () => true, tags: { kind: 'all' } };
  const reference = parseReference(bare.replace(/^@/, ''));
  const isImage = reference?.tag !== undefined || reference?.digest !== undefined;
  return isImage
    ? { kind: 'image', reference: words }
    : { kind: 'repository', repository: words, tags: { kind: 'all' } };
}

function wrong(sentence: string): DevregError {
  return new DevregError('usage', 'USAGE', sentence, { hint: 'See devreg images sync --help.' });
}
