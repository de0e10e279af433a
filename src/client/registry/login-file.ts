/** The files in which clients keep logins: docker's config.json, podman's auth.json, the .dockercfg of old. */
import { readFile } from 'node:fs/promises';
import { DevregError, systemCodeOf, translateReadErrors } from '../../errors.ts';
import { DOCKER_HUB, parseRegistryHost } from '../../oci/reference.ts';
import { isObject } from './answer-body.ts';
import type { Credentials } from './credentials.ts';

/** What a file says. */
export interface LoginFile {
  readonly path: string;
  /** By registry, or by registry and the beginning of a repository's name: `quay.io/team`. */
  readonly logins: ReadonlyMap<string, Credentials>;
  /** Programs that keep the logins of single registries, by host. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The program that keeps all others. */
  readonly store: string | undefined;
}

/**
 * Reads a file.
 * @returns undefined when there is none
 * @throws DevregError AUTHFILE_DAMAGED, FILE_DENIED
 */
export async function readLoginFile(path: string): Promise<LoginFile | undefined> {
  const text = await translateReadErrors(path, () => readIfThere(path));
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (!isObject(value)) {
    throw new DevregError('failure', 'AUTHFILE_DAMAGED', `${path} is not the JSON of a file of logins.`, {
      hint: 'Mend or remove it, and log in again.',
    });
  }
  // The file of old has nothing but logins.
  const isOld = path.endsWith('.dockercfg');
  const { auths = {}, credHelpers = {}, credsStore } = isOld ? { auths: value } : value;
  return { path, logins: readLogins(auths), helpers: readHelpers(credHelpers), store: textOf(credsStore) };
}

/** What a registry and the beginnings of a repository's name are called in files, the longest first. */
export function loginKeys(registry: string, repository: string | undefined): readonly string[] {
  const words = repository?.split('/') ?? [];
  return [...words.map((_, index) => [registry, ...words.slice(0, words.length - index)].join('/')), registry];
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function readLogins(auths: unknown): Map<string, Credentials> {
  const logins = new Map<string, Credentials>();
  for (const [key, value] of Object.entries(isObject(auths) ? auths : {})) {
    const login = readLogin(value);
    const name = plainKey(key);
    if (login !== undefined && name !== undefined && !logins.has(name)) logins.set(name, login);
  }
  return logins;
}

/** Empty entries say that a program keeps the login. */
function readLogin(value: unknown): Credentials | undefined {
  if (!isObject(value)) return undefined;
  const [identity, bearer] = [textOf(value['identitytoken']), textOf(value['registrytoken'])];
  if (identity !== undefined) return { kind: 'identity', token: identity };
  if (bearer !== undefined) return { kind: 'bearer', token: bearer };
  const pair = Buffer.from(textOf(value['auth']) ?? '', 'base64').toString();
  const colon = pair.indexOf(':');
  const user = colon > 0 ? pair.slice(0, colon) : textOf(value['username']);
  const password = colon > 0 ? pair.slice(colon + 1).replace(/\0+$/, '') : textOf(value['password']);
  return user === undefined || password === undefined ? undefined : toCredentials(user, password);
}

/** Docker's word for a user who is a token. */
export function toCredentials(user: string, password: string): Credentials {
  return user === '<token>' ? { kind: 'identity', token: password } : { kind: 'password', user, password };
}

function readHelpers(value: unknown): Map<string, string> {
  const entries = Object.entries(isObject(value) ? value : {});
  return new Map(
    entries.flatMap(([key, helper]) => {
      const name = plainKey(key);
      return name === undefined || typeof helper !== 'string' ? [] : [[name, helper] as const];
    }),
  );
}

/** `https://index.docker.io/v1/` is `docker.io`; `quay.io/team` keeps its path. */
function plainKey(key: string): string | undefined {
  const isAddress = /^https?:\/\//i.test(key);
  const [host = '', ...path] = key.replace(/^https?:\/\//i, '').split('/');
  const registry = parseRegistryHost(host);
  if (registry === undefined) return undefined;
  const isPlain = isAddress || registry === DOCKER_HUB || path.length === 0;
  return isPlain ? registry : [registry, ...path].join('/').replace(/\/$/, '');
}

function parseJson(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
