/** The YAML of `skopeo sync --src yaml`. */
import type { ImageList, ListedJob, ListedRegistry, TagChoice } from './image-list.ts';
import { isObject } from '../json-values.ts';
import { type ListObject, listInvalid, parseExpression, textsIn } from './list-error.ts';
import { parseVersionRange } from './versions.ts';

const FIELDS = ['images', 'images-by-tag-regex', 'images-by-semver', 'credentials', 'tls-verify', 'cert-dir'];

/** Whether a document is one: registries by their hosts, each with images. */
export function isSkopeoList(document: unknown): document is ListObject {
  if (!isObject(document)) return false;
  const registries = Object.values(document);
  return (
    registries.length > 0 &&
    registries.every((one) => isObject(one) && Object.keys(one).some((key) => key.startsWith('images')))
  );
}

/**
 * Reads the document.
 * @see https://github.com/containers/skopeo/blob/main/docs/skopeo-sync.1.md#yaml-file-content-used-source-for-src-yaml
 * @throws DevregError IMAGE_LIST_INVALID
 */
export function readSkopeoList(document: ListObject, file: string): ImageList {
  const jobs: ListedJob[] = [];
  const registries = new Map<string, ListedRegistry>();
  const warnings: string[] = [];
  for (const [host, registry] of Object.entries(document)) {
    if (!isObject(registry)) throw listInvalid(file, `has no images of ${host}`);
    jobs.push(...readImages(host, registry, file));
    registries.set(host, { login: readLogin(host, registry, file), tls: readTls(registry) });
    const unknown = Object.keys(registry).filter((key) => !FIELDS.includes(key));
    if (unknown.length > 0) warnings.push(`${file}: ${unknown.join(', ')} of ${host} is not understood and left out.`);
    if ('cert-dir' in registry)
      warnings.push(`${file}: cert-dir of ${host} is left out; give --src-cert-dir, or trust its authority.`);
  }
  return { kind: 'skopeo', jobs, registries, warnings };
}

function readImages(host: string, registry: ListObject, file: string): readonly ListedJob[] {
  const named = entriesOf(registry, 'images', file).map(([name, value]) => {
    const names = textsIn(file, value, `images of ${host}/${name}`);
    return job(`${host}/${name}`, names.length === 0 ? { kind: 'all' } : { kind: 'named', names });
  });
  const byExpression = entriesOf(registry, 'images-by-tag-regex', file).map(([name, value]) => {
    const expression = parseExpression(file, onlyText(value, file, `${host}/${name}`), false);
    return job(`${host}/${name}`, { kind: 'matching', matches: (tag) => expression.test(tag) });
  });
  const byVersion = entriesOf(registry, 'images-by-semver', file).map(([name, value]) => {
    const text = onlyText(value, file, `${host}/${name}`);
    const matches = parseVersionRange(text);
    if (matches === undefined) throw listInvalid(file, `has a range of versions that is none: ${text}`);
    return job(`${host}/${name}`, { kind: 'matching', matches });
  });
  return [...named, ...byExpression, ...byVersion];
}

function job(repository: string, tags: TagChoice): ListedJob {
  return {
    source: { kind: 'repository', repository, tags },
    target: undefined,
    platforms: [],
    referrers: undefined,
  };
}

function entriesOf(registry: ListObject, field: string, file: string): readonly (readonly [string, unknown])[] {
  const value = registry[field];
  if (value === undefined || value === null) return [];
  if (!isObject(value)) throw listInvalid(file, `has ${field} without repositories`);
  return Object.entries(value);
}

function onlyText(value: unknown, file: string, where: string): string {
  const [text] = textsIn(file, value, where);
  if (text === undefined) throw listInvalid(file, `says nothing about the tags of ${where}`);
  return text;
}

function readLogin(host: string, { credentials }: ListObject, file: string): ListedRegistry['login'] {
  if (credentials === undefined || credentials === null) return undefined;
  const { username, password } = isObject(credentials) ? credentials : {};
  if (typeof username !== 'string' || (typeof password !== 'string' && typeof password !== 'number'))
    throw listInvalid(file, `has credentials of ${host} without username and password`);
  return { user: username, password: String(password) };
}

function readTls(registry: ListObject): ListedRegistry['tls'] {
  const verify = registry['tls-verify'];
  if (verify === undefined || verify === null) return undefined;
  return verify === false ? 'insecure' : 'verify';
}
