/** The configuration of an image: a small blob of JSON. */
import type { ImageSource } from '../../copy/image-source.ts';
import { DevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { OCI_CONFIG } from '../../oci/media-types.ts';
import { formatPlatform } from '../../oci/platform.ts';
import type { ImageTree } from './image-tree.ts';
import { readObject } from './manifest-parts.ts';

/** Configurations with long histories have some hundred kilobytes. */
const CONFIG_MAX_BYTES = 8 * 1024 * 1024;

/** What Docker calls them. */
const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';

/** Nobody made an image before there were any: what says so was made to come out the same on every day. */
const FIRST_YEAR = 2005;

/**
 * Reads a configuration.
 * @throws DevregError of the source, CONTENT_WRONG; the signal's reason
 */
export async function readConfig(config: Descriptor, source: ImageSource, signal: AbortSignal): Promise<Buffer> {
  if (config.size > CONFIG_MAX_BYTES)
    throw new DevregError(
      'failure',
      'IMAGE_UNREADABLE',
      `The configuration of ${source.name} has ${config.size} bytes.`,
    );
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of (await source.openBlob(config, signal)) as AsyncIterable<Buffer>) {
    total += piece.length;
    if (total > CONFIG_MAX_BYTES) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What the configurations of a tree say. */
export interface ConfigFacts {
  /** When the newest of its images was made; undefined where none says so, or says what cannot be. */
  readonly created: Date | undefined;
  /** What its images run on, each once. */
  readonly platforms: readonly string[];
}

/** Reads all configurations of a tree. @throws DevregError of the source; the signal's reason */
export async function readConfigFacts(
  { nodes }: ImageTree,
  source: ImageSource,
  signal: AbortSignal,
): Promise<ConfigFacts> {
  const times: number[] = [];
  const platforms = new Set<string>();
  for (const { config, platform } of nodes.values()) {
    if (config === undefined || !(config.mediaType === OCI_CONFIG || config.mediaType === DOCKER_CONFIG)) continue;
    const { created, os, architecture } = readObject(await readConfig(config, source, signal));
    const own = typeof os === 'string' && typeof architecture === 'string' ? { os, architecture } : undefined;
    const runsOn = platform ?? own;
    if (runsOn !== undefined && runsOn.os !== '') platforms.add(formatPlatform(runsOn));
    const time = typeof created === 'string' ? Date.parse(created) : Number.NaN;
    if (new Date(time).getUTCFullYear() >= FIRST_YEAR) times.push(time);
  }
  return {
    created: times.length === 0 ? undefined : new Date(Math.max(...times)),
    // Attestations run nowhere.
    platforms: [...platforms].filter((name) => name !== 'unknown/unknown'),
  };
}
