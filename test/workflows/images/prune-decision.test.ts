/** What goes when a repository is pruned, and what never does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { type KnownManifest, type KnownRepository, decidePrune } from '../../../src/workflows/images/prune-decision.ts';

const NOW = Date.UTC(2026, 0, 31);
const DAY = 86_400_000;

interface Made {
  readonly tags: readonly string[];
  /** Days; undefined: nobody knows. */
  readonly age?: number | undefined;
  readonly children?: readonly string[];
  readonly subject?: string;
}

/** A repository of manifests by their names. */
function repository(made: Readonly<Record<string, Made>>): KnownRepository {
  const entries = Object.entries(made);
  const manifests = entries.map(([name, { children = [], subject }]): [Digest, KnownManifest] => [
    digestOf(name),
    {
      digest: digestOf(name),
      children: children.map((child) => digestOf(child)),
      subject: subject === undefined ? undefined : digestOf(subject),
    },
  ]);
  return {
    name: 'app',
    tags: new Map(entries.flatMap(([name, { tags }]) => tags.map((tag) => [tag, digestOf(name)] as const))),
    createdAt: new Map(
      entries.map(
        ([name, { age }]) => [digestOf(name), age === undefined ? undefined : new Date(NOW - age * DAY)] as const,
      ),
    ),
    manifests: new Map(manifests),
  };
}

/** The decision, with manifests by their names again. */
function decide(made: Readonly<Record<string, Made>>, wish: { readonly keepLast?: number; readonly days?: number }) {
  const names = new Map(Object.keys(made).map((name) => [digestOf(name), name]));
  const { tags, looseTags, manifests, undated } = decidePrune(repository(made), {
    keepLast: wish.keepLast,
    olderThan: wish.days === undefined ? undefined : new Date(NOW - wish.days * DAY),
  });
  return { tags, looseTags, manifests: manifests.map((digest) => names.get(digest)), undated };
}

const attached = (name: string) => `${digestOf(name).replace(':', '-')}.sig`;

const FIVE = Object.fromEntries([1, 2, 3, 4, 5].map((day) => [`m${day}`, { tags: [`t${day}`], age: day }]));

describe('by number and age', () => {
  it.each([
    [{ keepLast: 2 }, ['t3', 't4', 't5']],
    [{ keepLast: 0 }, ['t1', 't2', 't3', 't4', 't5']],
    [{ keepLast: 9 }, []],
    [{ days: 3 }, ['t4', 't5']],
    [{ keepLast: 1, days: 3 }, ['t4', 't5']],
    [{ keepLast: 4, days: 1 }, ['t5']],
    [{}, []],
  ])('%j', (wish, expected) => {
    expect(decide(FIVE, wish).tags).toEqual(expected);
  });

  it('keeps what does not say how old it is, and tells so', () => {
    const made = { ...FIVE, unknown: { tags: ['x'] } };
    expect(decide(made, { keepLast: 0 })).toMatchObject({ tags: ['t1', 't2', 't3', 't4', 't5'], undated: ['x'] });
    expect(decide(made, {}).undated).toEqual([]);
  });
});

describe('what is kept', () => {
  it('a manifest with another tag that stays: the tag goes alone', () => {
    const made = { old: { tags: ['a', 'keep'], age: 9 }, new: { tags: ['b'], age: 1 } };
    const both = decide(made, { keepLast: 2 });
    expect(both).toMatchObject({ tags: ['a'], looseTags: ['a'], manifests: [] });
  });

  it('what an index that stays references', () => {
    const made = {
      index: { tags: ['new'], age: 1, children: ['amd64', 'arm64'] },
      amd64: { tags: ['old'], age: 9 },
      arm64: { tags: [], age: 9 },
    };
    expect(decide(made, { keepLast: 1 })).toMatchObject({ tags: ['old'], looseTags: ['old'], manifests: [] });
  });

  it('what refers to what stays, and what refers to that', () => {
    const made = {
      image: { tags: ['1'], age: 1 },
      sbom: { tags: ['sbom'], age: 9, subject: 'image' },
      signature: { tags: [], age: 9, subject: 'sbom' },
      cosign: { tags: [attached('image')], age: 9 },
    };
    expect(decide(made, { keepLast: 1 })).toMatchObject({ tags: ['sbom'], looseTags: ['sbom'], manifests: [] });
  });

  it('what is attached to something that is not known', () => {
    const made = { lost: { tags: [attached('elsewhere')], age: 9 }, one: { tags: ['1'], age: 5 } };
    expect(decide(made, { keepLast: 0 })).toMatchObject({ tags: ['1'], manifests: ['one'] });
  });
});

describe('what goes along', () => {
  it('children, referrers and attached tags; what references goes first', () => {
    const made = {
      child: { tags: [], age: 9 },
      index: { tags: ['old'], age: 9, children: ['child'] },
      sbom: { tags: [], age: 1, subject: 'index' },
      cosign: { tags: [attached('child')], age: 1 },
      other: { tags: ['new'], age: 1 },
    };
    const { tags, manifests, looseTags } = decide(made, { keepLast: 1 });
    expect(tags).toEqual(['old', attached('child')].toSorted());
    expect(looseTags).toEqual([]);
    expect(new Set(manifests)).toEqual(new Set(['child', 'cosign', 'index', 'sbom']));
    expect(manifests.indexOf('index')).toBeLessThan(manifests.indexOf('child'));
    expect(manifests.indexOf('sbom')).toBeLessThan(manifests.indexOf('index'));
  });

  it('circles end', () => {
    const made = { a: { tags: ['x'], age: 9, subject: 'b' }, b: { tags: [], age: 9, subject: 'a' } };
    expect(new Set(decide(made, { keepLast: 0 }).manifests)).toEqual(new Set(['a', 'b']));
  });
});

it('never breaks what a kept tag leads to, in whatever repository', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const one = fc.record({
    tags: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6'), { maxLength: 2 }),
    age: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    children: fc.subarray(names),
    subject: fc.constantFrom(...names),
    hasSubject: fc.boolean(),
  });
  const repositories = fc.tuple(...names.map(() => one));
  fc.assert(
    fc.property(
      repositories,
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 20 }),
      (all, keepLast, days) => {
        const made = Object.fromEntries(
          all.map(({ hasSubject, subject, ...rest }, index): [string, Made] => [
            names[index] ?? '',
            hasSubject ? { ...rest, subject } : rest,
          ]),
        );
        const known = repository(made);
        const { tags, manifests } = decidePrune(known, { keepLast, olderThan: new Date(NOW - days * DAY) });
        const gone = new Set(manifests);
        const left = [...known.tags].filter(([tag]) => !tags.includes(tag)).map(([, digest]) => digest);
        const seen = new Set<Digest>();
        for (let digest = left.pop(); digest !== undefined; digest = left.pop()) {
          expect(gone.has(digest)).toBe(false);
          if (seen.has(digest)) continue;
          seen.add(digest);
          left.push(...(known.manifests.get(digest)?.children ?? []));
          left.push(
            ...[...known.manifests.values()]
              .filter(({ subject }) => subject === digest)
              .map((referrer) => referrer.digest),
          );
        }
      },
    ),
  );
});
