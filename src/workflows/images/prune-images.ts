/** Finds what of a registry may go, and deletes it. */
import type { RegistryClient } from '../../client/registry/registry-client.ts';
import type { ImageSource } from '../../copy/image-source.ts';
import type { Digest } from '../../oci/digest.ts';
import { readConfigFacts } from './image-config.ts';
import { referenceIn } from './image-place.ts';
import type { ImagePorts } from './image-ports.ts';
import { readTree } from './image-tree.ts';
import { deleteOne } from './delete-images.ts';
import { inParallel } from './in-parallel.ts';
import { REQUESTS } from './list-images.ts';
import {
  type KnownManifest,
  type KnownRepository,
  type PruneDecision,
  type PruneWish,
  decidePrune,
} from './prune-decision.ts';

/** What would go, and what that frees. */
export interface PrunePlan {
  readonly host: string;
  readonly decisions: readonly PruneDecision[];
  /** Of what nothing that stays needs, in bytes; blobs that images share are counted once. */
  readonly bytes: number;
}

/** A repository with the sizes of all it holds. */
interface MeasuredRepository extends KnownRepository {
  readonly sizes: ReadonlyMap<Digest, number>;
  readonly contents: ReadonlyMap<Digest, readonly Digest[]>;
}

/**
 * Makes the plan: reads every manifest of the registry, since repositories share blobs.
 * @param matches the repositories that are pruned
 * @throws DevregError of the registry; the signal's reason
 */
export async function planPrune(
  host: string,
  wish: PruneWish,
  matches: (repository: string) => boolean,
  ports: ImagePorts,
): Promise<PrunePlan> {
  const client = await ports.registries.open(host, 'target');
  const names = await Array.fromAsync(client.listRepositories(ports.signal));
  const repositories = await inParallel(names, REQUESTS, ports.signal, (name, signal) =>
    measure(client, name, { ...ports, signal }),
  );
  const decisions = repositories.filter(({ name }) => matches(name)).map((one) => decidePrune(one, wish));
  return {
    host,
    decisions: decisions.filter(({ tags, undated }) => tags.length + undated.length > 0),
    bytes: freedBytes(repositories, decisions),
  };
}

/** Deletes what the plan says. @throws DevregError of the registry */
export async function prune({ host, decisions }: PrunePlan, ports: ImagePorts): Promise<void> {
  const client = await ports.registries.open(host, 'target');
  for (const { repository, looseTags, manifests } of decisions) {
    for (const reference of [...looseTags, ...manifests]) {
      await deleteOne(() => client.deleteManifest(repository, reference, ports.signal));
    }
  }
}

async function measure(client: RegistryClient, name: string, ports: ImagePorts): Promise<MeasuredRepository> {
  const known = {
    name,
    tags: new Map<string, Digest>(),
    createdAt: new Map<Digest, Date | undefined>(),
    manifests: new Map<Digest, KnownManifest>(),
    sizes: new Map<Digest, number>(),
    contents: new Map<Digest, readonly Digest[]>(),
  };
  for await (const tag of client.listTags(name, ports.signal)) {
    const head = await client.headManifest(name, tag, ports.signal);
    if (head === undefined) continue;
    known.tags.set(tag, head.digest);
    await addTree(head.digest, client, known, ports);
  }
  return known;
}

type Measuring = {
  readonly [Field in keyof MeasuredRepository]: MeasuredRepository[Field] extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Value>
    : MeasuredRepository[Field];
};

async function addTree(digest: Digest, client: RegistryClient, known: Measuring, ports: ImagePorts): Promise<void> {
  if (known.manifests.has(digest)) return;
  await using source = ports.openImage(client, referenceIn(client.host, `${known.name}@${digest}`));
  const tree = await readTree(source, ports.signal);
  known.createdAt.set(digest, (await readConfigFacts(tree, source, ports.signal)).created);
  for (const blob of tree.blobs.values()) known.sizes.set(blob.digest, blob.size);
  for (const [at, { manifest, children, blobs, subject }] of tree.nodes) {
    known.manifests.set(at, { digest: at, children: children.map((child) => child.digest), subject: subject?.digest });
    known.sizes.set(at, manifest.bytes.length);
    known.contents.set(at, [at, ...blobs.map((blob) => blob.digest)]);
  }
  await addReferrers([...tree.nodes.keys()], source, client, known, ports);
}

async function addReferrers(
  subjects: readonly Digest[],
  source: ImageSource,
  client: RegistryClient,
  known: Measuring,
  ports: ImagePorts,
): Promise<void> {
  for (const subject of subjects) {
    for (const { descriptor } of await source.listReferrers(subject, ports.signal)) {
      await addTree(descriptor.digest, client, known, ports);
    }
  }
}

/** What only goes is freed; a blob that stays in any repository stays. */
function freedBytes(repositories: readonly MeasuredRepository[], decisions: readonly PruneDecision[]): number {
  const going = new Map(decisions.map(({ repository, manifests }) => [repository, new Set(manifests)]));
  const sizes = new Map<Digest, number>();
  const stay = new Set<Digest>();
  for (const { name, contents, sizes: own } of repositories) {
    for (const [manifest, parts] of contents) {
      const goes = going.get(name)?.has(manifest) === true;
      for (const part of parts) {
        sizes.set(part, own.get(part) ?? 0);
        if (!goes) stay.add(part);
      }
    }
  }
  return [...sizes].reduce((sum, [digest, size]) => (stay.has(digest) ? sum : sum + size), 0);
}
