/** What a registry holds, as a value: every change makes a new one and leaves what did not change shared. */
import { hash } from 'node:crypto';
import type { Digest } from '../../../src/oci/digest.ts';
import type { ManifestContent } from '../contents/manifest-content.ts';

/** A manifest in a repository. */
export interface HeldManifest {
  readonly content: ManifestContent;
  /** As which it was pushed last. */
  readonly mediaType: string;
}

/** What one repository holds. */
export interface RepositoryState {
  readonly blobs: ReadonlySet<Digest>;
  readonly manifests: ReadonlyMap<Digest, HeldManifest>;
  readonly tags: ReadonlyMap<string, Digest>;
}

/** What the registry holds. */
export interface State {
  readonly repositories: ReadonlyMap<string, RepositoryState>;
  /** Uploads that were begun and not ended, by the clients' own numbers. */
  readonly sessions: ReadonlySet<string>;
}

/** A registry that has never been used. */
export const EMPTY_STATE: State = { repositories: new Map(), sessions: new Set() };

const EMPTY_REPOSITORY: RepositoryState = { blobs: new Set(), manifests: new Map(), tags: new Map() };

/** The state with one repository changed; it comes into being when it is not there. */
export function withRepository(
  state: State,
  name: string,
  change: (before: RepositoryState) => RepositoryState,
): State {
  const before = state.repositories.get(name);
  const after = change(before ?? EMPTY_REPOSITORY);
  return after === before ? state : { ...state, repositories: new Map([...state.repositories, [name, after]]) };
}

/** The state with an upload that has begun. */
export function withSession(state: State, session: string): State {
  return state.sessions.has(session) ? state : { ...state, sessions: new Set([...state.sessions, session]) };
}

/** The state without an upload. */
export function withoutSession(state: State, session: string): State {
  if (!state.sessions.has(session)) return state;
  return { ...state, sessions: new Set([...state.sessions].filter((other) => other !== session)) };
}

/** What one state has and the other has not, in words for whoever reads an error. */
export function differencesOf(one: State = EMPTY_STATE, other: State = EMPTY_STATE): string {
  const [first, second] = [one, other].map((state) => new Set(partsOf(state)));
  const missing = (from: ReadonlySet<string> | undefined, to: ReadonlySet<string> | undefined, mark: string) =>
    [...(from ?? [])].filter((part) => to?.has(part) !== true).map((part) => `${mark} ${part}`);
  return [...missing(first, second, 'without'), ...missing(second, first, 'with')].join(', ');
}

function partsOf({ repositories, sessions }: State): string[] {
  const held = [...repositories].flatMap(([name, { blobs, manifests, tags }]) => [
    `repository ${name}`,
    ...[...blobs].map((digest) => `blob ${name} ${digest}`),
    ...[...manifests].map(([digest, { mediaType }]) => `manifest ${name} ${digest} ${mediaType}`),
    ...[...tags].map(([tag, digest]) => `tag ${name} ${tag} ${digest}`),
  ]);
  return [...held, ...[...sessions].map((session) => `upload ${session}`)];
}

/** A text that is the same for states that hold the same. */
export const keyOf = once((state: State) => {
  const repositories = [...state.repositories].map(([name, repository]) => `${name}{${repositoryKey(repository)}}`);
  return `${repositories.toSorted().join(' ')} ${[...state.sessions].toSorted().join(' ')}`;
});

const repositoryKey = once(({ blobs, manifests, tags }: RepositoryState) => {
  const held = [...manifests].map(([digest, { mediaType }]) => `${digest}=${mediaType}`);
  const pointed = [...tags].map(([tag, digest]) => `${tag}>${digest}`);
  return hash('sha1', [...blobs, ...held, ...pointed].toSorted().join(' '), 'base64');
});

/** Values never change, so their keys are computed once. */
function once<T extends object>(compute: (value: T) => string): (value: T) => string {
  const known = new WeakMap<T, string>();
  return (value) => {
    const key = known.get(value) ?? compute(value);
    known.set(value, key);
    return key;
  };
}
