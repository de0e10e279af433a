/** Which images of a repository go when it is pruned, and which stay. Pure. */
import type { Digest } from '../../oci/digest.ts';
import { subjectOfTag } from './attached-tag.ts';

/** What is known of a manifest. */
export interface KnownManifest {
  readonly digest: Digest;
  readonly children: readonly Digest[];
  readonly subject: Digest | undefined;
}

/** A repository as it is. */
export interface KnownRepository {
  readonly name: string;
  readonly tags: ReadonlyMap<string, Digest>;
  /** When the image of a tag was made; undefined when nobody can tell, as of reproducible builds. */
  readonly createdAt: ReadonlyMap<Digest, Date | undefined>;
  readonly manifests: ReadonlyMap<Digest, KnownManifest>;
}

/** What is to go. With both, only what is neither among the last nor young enough. */
export interface PruneWish {
  readonly keepLast: number | undefined;
  readonly olderThan: Date | undefined;
}

/** What is done to a repository. */
export interface PruneDecision {
  readonly repository: string;
  /** Tags that go, of which some lead to manifests that stay. */
  readonly tags: readonly string[];
  /** Tags that are deleted by themselves, because their manifest stays. */
  readonly looseTags: readonly string[];
  /** In the order to delete them: what references before what is referenced. */
  readonly manifests: readonly Digest[];
  /** Tags that stay because nobody can tell how old they are. */
  readonly undated: readonly string[];
}

/**
 * Decides. What a kept tag leads to stays, with all that an index references, and with what refers to any of it.
 * Attached tags stay or go with what they are attached to.
 */
export function decidePrune(repository: KnownRepository, wish: PruneWish): PruneDecision {
  const names = [...repository.tags.keys()].filter((tag) => subjectOfTag(tag) === undefined);
  const undated = names.filter((tag) => createdAt(tag, repository) === undefined);
  const chosen = new Set(
    chooseTags(
      repository,
      names.filter((tag) => !undated.includes(tag)),
      wish,
    ),
  );
  const kept = keepFrom(
    repository,
    names.filter((tag) => !chosen.has(tag)),
  );
  const gone = reach(
    repository,
    [...chosen].map((tag) => repository.tags.get(tag)),
  );
  const manifests = orderForDeletion(repository, new Set([...gone].filter((digest) => !kept.has(digest))));
  const going = new Set(manifests);
  const attached = [...repository.tags].filter(([tag, digest]) => subjectOfTag(tag) !== undefined && going.has(digest));
  const tags = [...chosen, ...attached.map(([tag]) => tag)].toSorted();
  return {
    repository: repository.name,
    tags,
    looseTags: tags.filter((tag) => !manifests.some((digest) => digest === repository.tags.get(tag))),
    manifests,
    undated: wish.keepLast === undefined && wish.olderThan === undefined ? [] : undated.toSorted(),
  };
}

function createdAt(tag: string, { tags, createdAt: times }: KnownRepository): Date | undefined {
  const digest = tags.get(tag);
  return digest === undefined ? undefined : times.get(digest);
}

function chooseTags(
  repository: KnownRepository,
  tags: readonly string[],
  { keepLast, olderThan }: PruneWish,
): readonly string[] {
  if (keepLast === undefined && olderThan === undefined) return [];
  const timeOf = (tag: string) => createdAt(tag, repository)?.getTime() ?? Number.POSITIVE_INFINITY;
  const newestFirst = tags.toSorted((one, other) => timeOf(other) - timeOf(one) || (one < other ? 1 : -1));
  const beyond = newestFirst.slice(keepLast ?? 0);
  return olderThan === undefined ? beyond : beyond.filter((tag) => timeOf(tag) < olderThan.getTime());
}

/** All that stays because of tags that stay. What is attached to something unknown stays too. */
function keepFrom(repository: KnownRepository, tags: readonly string[]): ReadonlySet<Digest> {
  const orphans = [...repository.tags].filter(([tag]) => {
    const subject = subjectOfTag(tag);
    return subject !== undefined && !repository.manifests.has(subject);
  });
  return reach(repository, [...tags.map((tag) => repository.tags.get(tag)), ...orphans.map(([, digest]) => digest)]);
}

/** Manifests, their children, what refers to any of them, and so on. */
function reach(repository: KnownRepository, roots: readonly (Digest | undefined)[]): ReadonlySet<Digest> {
  const referring = referrersIn(repository);
  const reached = new Set<Digest>();
  const left = roots.filter((root) => root !== undefined);
  for (let digest = left.pop(); digest !== undefined; digest = left.pop()) {
    if (reached.has(digest)) continue;
    reached.add(digest);
    left.push(...(repository.manifests.get(digest)?.children ?? []), ...(referring.get(digest) ?? []));
  }
  return reached;
}

function referrersIn({ manifests, tags }: KnownRepository): ReadonlyMap<Digest, readonly Digest[]> {
  const bySubject = [...manifests.values()].map(({ digest, subject }) => [subject, digest] as const);
  const byTag = [...tags].map(([tag, digest]) => [subjectOfTag(tag), digest] as const);
  const referring = new Map<Digest, Digest[]>();
  for (const [subject, digest] of [...bySubject, ...byTag]) {
    if (subject !== undefined) referring.set(subject, [...(referring.get(subject) ?? []), digest]);
  }
  return referring;
}

/** Registries may refuse to delete what something else still references. */
function orderForDeletion({ manifests }: KnownRepository, going: ReadonlySet<Digest>): readonly Digest[] {
  const parents = new Map<Digest, Digest[]>();
  for (const { digest, children, subject } of manifests.values()) {
    for (const below of [...children, ...(subject === undefined ? [] : [subject])]) {
      parents.set(below, [...(parents.get(below) ?? []), digest]);
    }
  }
  const seen = new Set<Digest>();
  const ordered: Digest[] = [];
  const visit = (digest: Digest): void => {
    if (!going.has(digest) || seen.has(digest)) return;
    seen.add(digest);
    for (const parent of parents.get(digest) ?? []) visit(parent);
    ordered.push(digest);
  };
  for (const digest of going) visit(digest);
  return ordered;
}
