/** Which endpoint a path names. Read from the end, since repository names may contain the endpoints' own words. */

import { type AccountTarget, isAccountPath, parseAccountTarget } from './account-paths.ts';

/** The kinds of things a path can name. */
export type TargetKind =
  | 'health'
  | 'live'
  | 'ready'
  | 'metrics'
  | 'base'
  | 'token'
  | 'catalog'
  | 'manifest'
  | 'blob'
  | 'uploads'
  | 'upload'
  | 'tags'
  | 'referrers'
  | AccountTarget;

/** What a path names. */
export interface Target {
  readonly kind: TargetKind;
  /** The repository's name as the client wrote it, not yet checked; empty where the kind has none. */
  readonly name: string;
  /** The last component: a tag or digest, an upload's id; empty where the kind has none. */
  readonly tail: string;
  /** What a path of the account API names; undefined elsewhere. */
  readonly names?: readonly string[];
}

const WATCHING: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['/healthz', { kind: 'health', name: '', tail: '' }],
  ['/readyz', { kind: 'ready', name: '', tail: '' }],
  ['/livez', { kind: 'live', name: '', tail: '' }],
  ['/metrics', { kind: 'metrics', name: '', tail: '' }],
]);

/** The paths for those who watch over the server, outside the specification's. */
export const WATCH_PATHS: ReadonlySet<string> = new Set(WATCHING.keys());

const FIXED: ReadonlyMap<string, Target> = new Map<string, Target>([
  ...WATCHING,
  ['/v2', { kind: 'base', name: '', tail: '' }],
  ['/v2/', { kind: 'base', name: '', tail: '' }],
  ['/v2/token', { kind: 'token', name: '', tail: '' }],
  ['/v2/_catalog', { kind: 'catalog', name: '', tail: '' }],
]);

const API_ROOT = '/v2/';

/**
 * Reads a path: one that begins with `/v2`, one for those who watch, or one of the account API.
 * @param path as it came, still encoded
 * @returns what it names, or undefined when it is none of the paths there are
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
 */
export function parseTarget(path: string): Target | undefined {
  const decoded = path.includes('%') ? decodeComponents(path) : path;
  if (decoded === undefined) return undefined;
  const fixed = FIXED.get(decoded);
  if (fixed !== undefined) return fixed;
  if (isAccountPath(decoded)) return parseAccountTarget(decoded);
  const named = parseNamed(decoded);
  return named?.name === '' ? undefined : named;
}

function parseNamed(path: string): Target | undefined {
  if (!path.startsWith(API_ROOT)) return undefined;
  const beforeTail = path.lastIndexOf('/');
  const beforeWord = path.lastIndexOf('/', beforeTail - 1);
  if (beforeWord < API_ROOT.length) return undefined;
  const word = path.slice(beforeWord + 1, beforeTail);
  const tail = path.slice(beforeTail + 1);
  const name = path.slice(API_ROOT.length, beforeWord);
  switch (word) {
    case 'manifests':
      return { kind: 'manifest', name, tail };
    case 'blobs':
      // Some clients leave out the final slash of `blobs/uploads/`.
      return tail === 'uploads' ? { kind: 'uploads', name, tail: '' } : { kind: 'blob', name, tail };
    case 'uploads':
      if (!name.endsWith('/blobs')) return undefined;
      return { kind: tail === '' ? 'uploads' : 'upload', name: name.slice(0, -'/blobs'.length), tail };
    case 'tags':
      return tail === 'list' ? { kind: 'tags', name, tail: '' } : undefined;
    case 'referrers':
      return { kind: 'referrers', name, tail };
    default:
      return undefined;
  }
}

/** Decodes each component once; one that would become two, or is not UTF-8, leads nowhere. */
function decodeComponents(path: string): string | undefined {
  try {
    const components = path.split('/').map(decodeURIComponent);
    return components.some((component) => component.includes('/')) ? undefined : components.join('/');
  } catch {
    return undefined;
  }
}
