/** The file of regclient's regsync, version 1. */
import type { ImageList, ListSurroundings, ListedJob, ListedRegistry, TagChoice } from './image-list.ts';
import { isObject } from '../json-values.ts';
import { type ListObject, listInvalid, parseExpression, textsIn } from './list-error.ts';
import { fillTemplates } from './regsync-templates.ts';
import { parseVersionRange } from './versions.ts';

const ENTRY_FIELDS = new Set([
  'source',
  'target',
  'type',
  'tags',
  'tagSets',
  'repos',
  'platform',
  'platforms',
  'referrers',
  'digestTags',
]);

/** What is about when, how often and how fast regsync itself runs; a sync that was asked for goes ahead. */
const PACE_FIELDS = new Set([
  'interval',
  'schedule',
  'ratelimit',
  'parallel',
  'fastCopy',
  'forceRecursive',
  'skipDockerConfig',
  'userAgent',
  'cacheCount',
  'cacheTime',
  'blobLimit',
]);

/** Whether a document is one. */
export function isRegsyncList(document: unknown): document is ListObject {
  return isObject(document) && Array.isArray(document['sync']);
}

/**
 * Reads the document.
 * @see https://regclient.org/usage/regsync/
 * @throws DevregError IMAGE_LIST_INVALID
 */
export function readRegsyncList(raw: ListObject, surroundings: ListSurroundings): ImageList {
  const { file } = surroundings;
  const document = fillTemplates(raw, surroundings);
  if (!isObject(document)) throw listInvalid(file, 'is no document of regsync');
  if (document['version'] !== undefined && document['version'] !== 1)
    throw listInvalid(file, `is of version ${JSON.stringify(document['version'])}, and version 1 is understood`);
  const defaults = isObject(document['defaults']) ? document['defaults'] : {};
  const entries: readonly unknown[] = Array.isArray(document['sync']) ? document['sync'] : [];
  const jobs = entries.map((entry, index) => {
    if (!isObject(entry)) throw listInvalid(file, `has an entry ${index + 1} of sync without fields`);
    return readEntry({ ...defaults, ...entry }, `entry ${index + 1} of sync`, file);
  });
  const left = new Set([defaults, ...entries.filter(isObject)].flatMap(leftOut));
  const warnings = left.size === 0 ? [] : [`${file}: ${[...left].join(', ')} is not done and left out.`];
  return { kind: 'regsync', jobs, registries: readCredentials(document['creds'], file), warnings };
}

function leftOut(fields: ListObject): readonly string[] {
  return Object.keys(fields).filter((key) => !ENTRY_FIELDS.has(key) && !PACE_FIELDS.has(key) && !key.startsWith('x-'));
}

function readEntry(entry: ListObject, where: string, file: string): ListedJob {
  const { source, target, type } = entry;
  if (typeof source !== 'string' || typeof target !== 'string')
    throw listInvalid(file, `has an ${where} without source and target`);
  const platforms = textsIn(file, entry['platforms'] ?? entry['platform'], `platforms of ${where}`);
  // Both are ways in which signatures and the like are attached.
  const asked = [entry['referrers'], entry['digestTags']].filter((one) => one !== undefined);
  const common = { target, platforms, referrers: asked.length === 0 ? undefined : asked.includes(true) };
  switch (type) {
    case 'image':
      return { ...common, source: { kind: 'image', reference: source } };
    case 'repository':
      return { ...common, source: { kind: 'repository', repository: source, tags: readTags(entry, where, file) } };
    case 'registry': {
      const matches = readFilter(entry['repos'], `repos of ${where}`, file) ?? (() => true);
      return { ...common, source: { kind: 'registry', host: source, matches, tags: readTags(entry, where, file) } };
    }
    default:
      throw listInvalid(file, `has an ${where} of type ${String(type)}`, 'There are registry, repository and image.');
  }
}

/** Sets of tags are taken together. */
function readTags(entry: ListObject, where: string, file: string): TagChoice {
  const sets: readonly unknown[] = Array.isArray(entry['tagSets']) ? entry['tagSets'] : [];
  const filters = [entry['tags'], ...sets]
    .map((set) => readFilter(set, `tags of ${where}`, file))
    .filter((filter) => filter !== undefined);
  if (filters.length === 0) return { kind: 'all' };
  return { kind: 'matching', matches: (tag) => filters.some((filter) => filter(tag)) };
}

/** Of what matches the whole of an `allow`, or is in a range of versions, all but what matches a `deny`. */
function readFilter(value: unknown, where: string, file: string): ((text: string) => boolean) | undefined {
  if (!isObject(value)) return undefined;
  const allow = textsIn(file, value['allow'], where).map((text) => parseExpression(file, text, true));
  const deny = textsIn(file, value['deny'], where).map((text) => parseExpression(file, text, true));
  const ranges = textsIn(file, value['semverRange'], where).map((text) => {
    const range = parseVersionRange(text);
    if (range === undefined) throw listInvalid(file, `has a range of versions that is none: ${text}`);
    return range;
  });
  return (text) => {
    const isIn = (allow.length === 0 || allow.some((one) => one.test(text))) && ranges.every((holds) => holds(text));
    return isIn && !deny.some((one) => one.test(text));
  };
}

function readCredentials(value: unknown, file: string): ReadonlyMap<string, ListedRegistry> {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return new Map(
    list.map((one) => {
      const { registry, user, pass, tls } = isObject(one) ? one : {};
      if (typeof registry !== 'string') throw listInvalid(file, 'has credentials without registry');
      const hasLogin = typeof user === 'string' && typeof pass === 'string';
      return [registry, { login: hasLogin ? { user, password: pass } : undefined, tls: readTls(tls) }];
    }),
  );
}

function readTls(tls: unknown): ListedRegistry['tls'] {
  if (tls === 'disabled') return 'off';
  if (tls === 'insecure') return 'insecure';
  return tls === undefined ? undefined : 'verify';
}
