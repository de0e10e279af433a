/** References to images as people write them, by Docker's rules. */
import { type Digest, parseDigest } from './digest.ts';
import {
  REPOSITORY_NAME_MAX_LENGTH,
  type RepositoryName,
  type Tag,
  parseRepositoryName,
  parseTag,
} from './repository.ts';

/** A reference whose registry is known. With neither tag nor digest it names a repository. */
export interface Reference {
  /** `host[:port]`; Docker Hub is `docker.io`. */
  readonly registry: string;
  readonly repository: RepositoryName;
  readonly tag?: Tag;
  /** Wins over the tag where there are both. */
  readonly digest?: Digest;
}

/** The registry that is meant when none is named. */
export const DOCKER_HUB = 'docker.io';

/** What Docker Hub is called by those who know its index of old. */
const HUB_ALIASES = new Set(['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::([0-9]{1,5}))?$`);

/** Docker takes such a name for an image's id. */
const IMAGE_ID = /^[a-f0-9]{64}$/;

/**
 * Reads a reference: `[host[:port]/]repository[:tag][@digest]`. The first part is a host when it has a dot or a colon, is
 * `localhost`, or has an upper-case letter; else Docker Hub is meant, whose own images are below `library/`.
 * @see https://github.com/distribution/reference
 * @returns the reference, or undefined when the text is not one
 */
export function parseReference(text: string): Reference | undefined {
  const [beforeDigest = '', digestText, more] = text.split('@');
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (more !== undefined || (digestText !== undefined && digest === undefined)) return undefined;
  const { name, tagText } = splitTag(beforeDigest);
  const tag = tagText === undefined ? undefined : parseTag(tagText);
  if (tagText !== undefined && tag === undefined) return undefined;
  const place = splitName(name);
  if (place === undefined) return undefined;
  return { ...place, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** Writes a reference with nothing left out: `docker.io/library/alpine:3`. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/**
 * Reads a registry's name: `host[:port]`, without scheme and path.
 * @returns the name, Docker Hub's as `docker.io`, or undefined when the text is not one
 */
export function parseRegistryHost(text: string): string | undefined {
  const match = HOST.exec(text);
  if (match === null || Number(match[1] ?? 1) > 65_535 || Number(match[1] ?? 1) === 0) return undefined;
  const host = text.toLowerCase();
  return HUB_ALIASES.has(host) ? DOCKER_HUB : host;
}

/** A colon after the last slash begins the tag. */
function splitTag(text: string): { readonly name: string; readonly tagText: string | undefined } {
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  return colon < 0
    ? { name: text, tagText: undefined }
    : { name: text.slice(0, colon), tagText: text.slice(colon + 1) };
}

function splitName(name: string): Pick<Reference, 'registry' | 'repository'> | undefined {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const namesHost = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const registry = namesHost ? parseRegistryHost(first) : DOCKER_HUB;
  const path = namesHost ? name.slice(slash + 1) : name;
  if (registry === undefined || (!namesHost && IMAGE_ID.test(path))) return undefined;
  const repository = parseRepositoryName(registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path);
  if (repository === undefined || registry.length + 1 + repository.length > REPOSITORY_NAME_MAX_LENGTH)
    return undefined;
  return { registry, repository };
}
