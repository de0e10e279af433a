/** Images named by what deploys them: Kubernetes objects, compose files, and the lists of hauler and zarf. */
import type { ImageList, ListKind, ListSurroundings, ListedJob } from './image-list.ts';
import { imageJob } from './image-list.ts';
import { isObject } from '../json-values.ts';
import type { ListObject } from './list-error.ts';

/** Documents of one file, with what they are; undefined when they are none of these. */
export function deployedKind(
  documents: readonly unknown[],
): Exclude<ListKind, 'skopeo' | 'regsync' | 'list'> | undefined {
  const objects = documents.filter(isObject);
  const [first] = objects;
  if (first === undefined) return undefined;
  if (objects.some(isHauler)) return 'hauler';
  if (Array.isArray(first['components']) && typeof first['kind'] === 'string') return 'zarf';
  if (objects.some((one) => typeof one['apiVersion'] === 'string' && typeof one['kind'] === 'string')) return 'k8s';
  return isObject(first['services']) ? 'compose' : undefined;
}

/** Reads the documents; each image once, in the order in which they are first named. */
export function readDeployed(
  documents: readonly unknown[],
  kind: ReturnType<typeof deployedKind> & string,
  surroundings: ListSurroundings,
): ImageList {
  const { file } = surroundings;
  const found = documents.filter(isObject).flatMap((document) => READERS[kind](document, surroundings));
  const warnings = found.filter((one) => typeof one === 'string').map((one) => `${file}: ${one}`);
  const jobs = new Map<string, ListedJob>();
  for (const job of found.filter((one) => typeof one !== 'string')) {
    const key = JSON.stringify([job.source, job.platforms]);
    if (!jobs.has(key)) jobs.set(key, job);
  }
  return { kind, jobs: [...jobs.values()], registries: new Map(), warnings };
}

/** Jobs, and sentences about what is left out. */
type Found = ListedJob | string;

const READERS: Readonly<
  Record<ReturnType<typeof deployedKind> & string, (document: ListObject, surroundings: ListSurroundings) => Found[]>
> = {
  hauler: (document) => {
    if (document['kind'] !== 'Images') return [`${String(document['kind'])} of hauler are left out.`];
    const spec = isObject(document['spec']) ? document['spec'] : {};
    return listIn(spec['images']).flatMap((one) => {
      const { name, platform } = isObject(one) ? one : {};
      return typeof name === 'string' ? [imageJob(name, typeof platform === 'string' ? [platform] : [])] : [];
    });
  },
  zarf: (document) =>
    listIn(document['components']).flatMap((component) =>
      textsOf(isObject(component) ? component['images'] : undefined).map((name) => imageJob(name)),
    ),
  k8s: (document) => findContainers(document).map((name) => imageJob(name)),
  compose: (document, { env }) =>
    Object.values(isObject(document['services']) ? document['services'] : {}).flatMap((service) => {
      const { image, platform } = isObject(service) ? service : {};
      if (typeof image !== 'string') return [];
      const name = fillVariables(image, env);
      return [name === undefined ? `${image} has a variable without a value.` : imageJob(name, textsOf([platform]))];
    }),
};

function isHauler({ apiVersion }: ListObject): boolean {
  return typeof apiVersion === 'string' && apiVersion.startsWith('content.hauler.cattle.io/');
}

const CONTAINERS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Pods are described at many depths, also in resources of other makers. */
function findContainers(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(findContainers);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const images = CONTAINERS.has(key) ? listIn(below).map((one) => (isObject(one) ? one['image'] : undefined)) : [];
    return [...textsOf(images), ...findContainers(below)];
  });
}

/** @returns undefined when a variable has no value */
function fillVariables(text: string, env: ListSurroundings['env']): string | undefined {
  let isWhole = true;
  const filled = text.replaceAll(/\$\{(\w+)(?:(:?[-])([^}]*))?\}|\$(\w+)/g, (_, braced, __, fallback, bare) => {
    const value = env[String(braced ?? bare)] || (fallback === undefined ? undefined : String(fallback));
    if (value === undefined) isWhole = false;
    return value ?? '';
  });
  return isWhole ? filled : undefined;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): readonly string[] {
  return listIn(value).filter((one): one is string => typeof one === 'string' && one !== '');
}
