/** From lists of what is wanted to single images and where each goes. */
import { DevregError } from '../../errors.ts';
import type { ImageList, ListedJob, TagChoice } from '../../imagelists/image-list.ts';
import { parseDigest } from '../../oci/digest.ts';
import { parsePlatform } from '../../oci/platform.ts';
import type { Reference } from '../../oci/reference.ts';
import { subjectOfTag } from './attached-tag.ts';
import {
  type ImagePlace,
  endOf,
  formatPlace,
  hostIn,
  parseImagePlace,
  parseRegistryReference,
  referenceIn,
  withTag,
} from './image-place.ts';
import type { ImagePorts } from './image-ports.ts';
import { inParallel } from './in-parallel.ts';
import { REQUESTS } from './list-images.ts';
import { type SyncDestination, placeIn } from './sync-destination.ts';

/** One image to copy. */
export interface SyncItem {
  readonly source: ImagePlace;
  readonly target: ImagePlace;
  readonly platforms: readonly string[];
  /** Undefined: as the command has it. */
  readonly referrers: boolean | undefined;
}

/** What the plan is made with. */
export interface PlanWish {
  /** Undefined: lists say themselves where things go. */
  readonly destination: SyncDestination | undefined;
  /** Whether what is attached by tags comes along with what it is attached to, and is no image by itself. */
  readonly referrers: boolean;
  readonly ownHost: () => string;
}

/**
 * Makes the plan; registries are asked for repositories and tags.
 * @throws DevregError REFERENCE_INVALID, OPTION_MISSING, DESTINATIONS_CLASH, PLATFORM_INVALID, those of the registries
 */
export async function planSync(list: ImageList, wish: PlanWish, ports: ImagePorts): Promise<readonly SyncItem[]> {
  const items = await inParallel(list.jobs, REQUESTS, ports.signal, (job, signal) =>
    expand(job, wish, { ...ports, signal }),
  );
  const plan = items.flat();
  refuseClashes(plan);
  return plan;
}

async function expand(job: ListedJob, wish: PlanWish, ports: ImagePorts): Promise<readonly SyncItem[]> {
  const unknown = job.platforms.find((one) => parsePlatform(one) === undefined);
  if (unknown !== undefined)
    throw new DevregError(
      'usage',
      'PLATFORM_INVALID',
      `${JSON.stringify(unknown)} is no platform; linux/arm64 is one.`,
    );
  const { platforms, referrers, target } = job;
  const sources = await expandSource(job, wish, ports);
  return sources.map(({ reference, below }) => {
    const source: ImagePlace = { kind: 'registry', reference };
    return { source, target: targetOf(reference, target, below, wish), platforms, referrers };
  });
}

/** An image, and which part of its name a target in the list is to be followed by. */
interface Expanded {
  readonly reference: Reference;
  readonly below: string;
}

async function expandSource({ source }: ListedJob, wish: PlanWish, ports: ImagePorts): Promise<readonly Expanded[]> {
  switch (source.kind) {
    case 'image':
      return [{ reference: withTag(parseRegistryReference(source.reference, wish.ownHost)), below: '' }];
    case 'repository': {
      const repository = parseRegistryReference(source.repository, wish.ownHost);
      const references = await withTags(repository, source.tags, wish, ports);
      return references.map((reference) => ({ reference, below: endOf(reference) }));
    }
    case 'registry': {
      const client = await ports.registries.open(hostIn(source.host) ?? source.host, 'source');
      const names = await Array.fromAsync(client.listRepositories(ports.signal));
      const lists = await inParallel(names.filter(source.matches), REQUESTS, ports.signal, (name, signal) =>
        withTags(referenceIn(client.host, name), source.tags, wish, { ...ports, signal }),
      );
      return lists.flat().map((reference) => ({ reference, below: `/${reference.repository}${endOf(reference)}` }));
    }
  }
}

async function withTags(
  repository: Reference,
  tags: TagChoice,
  { referrers }: PlanWish,
  { registries, signal }: ImagePorts,
): Promise<readonly Reference[]> {
  const named = (name: string) =>
    referenceIn(repository.registry, `${repository.repository}${parseDigest(name) === undefined ? ':' : '@'}${name}`);
  if (tags.kind === 'named') return tags.names.map(named);
  const client = await registries.open(repository.registry, 'source');
  const all = await Array.fromAsync(client.listTags(repository.repository, signal));
  const images = referrers ? all.filter((tag) => subjectOfTag(tag) === undefined) : all;
  return (tags.kind === 'all' ? images : images.filter(tags.matches)).map(named);
}

function targetOf(reference: Reference, target: string | undefined, below: string, wish: PlanWish): ImagePlace {
  if (target !== undefined) return parseImagePlace(`${target}${below}`, wish.ownHost);
  if (wish.destination !== undefined) return placeIn(wish.destination, reference);
  throw new DevregError('usage', 'OPTION_MISSING', 'Where do the images go? Name a destination after the list.', {
    hint: 'HOST/PREFIX for a registry, dir:FOLDER for a folder.',
  });
}

/** Two images of one name from different places would end up in one. */
function refuseClashes(plan: readonly SyncItem[]): void {
  const sources = new Map<string, string>();
  for (const { source, target } of plan) {
    const [from, to] = [formatPlace(source), formatPlace(target)];
    const other = sources.get(to);
    if (other !== undefined && other !== from) {
      throw new DevregError('conflict', 'DESTINATIONS_CLASH', `${other} and ${from} would both go to ${to}.`, {
        hint: 'Keep their whole names with --scoped.',
      });
    }
    sources.set(to, from);
  }
}
