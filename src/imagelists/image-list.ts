/** What a list of images asks for, in whatever form it was written. */

/** The forms that are understood. */
export const LIST_KINDS = ['skopeo', 'regsync', 'hauler', 'zarf', 'k8s', 'compose', 'list'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** Which tags of a repository are wanted. */
export type TagChoice =
  | { readonly kind: 'all' }
  /** Tags or digests, as they are. */
  | { readonly kind: 'named'; readonly names: readonly string[] }
  | { readonly kind: 'matching'; readonly matches: (tag: string) => boolean };

/** One thing to copy. */
export type ListedSource =
  /** A reference with or without tag, as people write it: `nginx`, `quay.io/a/b:1`. */
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'repository'; readonly repository: string; readonly tags: TagChoice }
  /** All repositories of a host whose name matches. */
  | {
      readonly kind: 'registry';
      readonly host: string;
      readonly matches: (repository: string) => boolean;
      readonly tags: TagChoice;
    };

/** A thing to copy, and how. */
export interface ListedJob {
  readonly source: ListedSource;
  /** Where the list itself says it goes: a reference, a repository, or a prefix of repositories, as the source's kind is. */
  readonly target: string | undefined;
  /** `os/architecture[/variant]`; none: all of them. */
  readonly platforms: readonly string[];
  /** Undefined: as the command has it. */
  readonly referrers: boolean | undefined;
}

/** What a list says about a registry. */
export interface ListedRegistry {
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** `insecure`: certificates are not checked; `off`: plain HTTP; undefined: the list says nothing. */
  readonly tls: 'verify' | 'insecure' | 'off' | undefined;
}

/** A list of images, read. */
export interface ImageList {
  readonly kind: ListKind;
  readonly jobs: readonly ListedJob[];
  /** By host and port. */
  readonly registries: ReadonlyMap<string, ListedRegistry>;
  /** What the list asks for and is not done, one sentence each. */
  readonly warnings: readonly string[];
}

/** Where a list may take texts from. */
export interface ListSurroundings {
  /** For sentences. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file that the list names. */
  readonly readFile: (path: string) => string;
}

/** A job without wishes of its own. */
export function imageJob(reference: string, platforms: readonly string[] = []): ListedJob {
  return { source: { kind: 'image', reference }, target: undefined, platforms, referrers: undefined };
}
