/** What the configurations of an image say of it. */
import type { ImageSource } from '../../copy/image-source.ts';
import { readConfig } from '../../copy/read-config.ts';
import { DOCKER_CONFIG, OCI_CONFIG } from '../../oci/media-types.ts';
import { formatPlatform } from '../../oci/platform.ts';
import type { ImageTree } from './image-tree.ts';
import { readObject } from './manifest-parts.ts';

/** Nobody made an image before there were any: what says so was made to come out the same on every day. */
const FIRST_YEAR = 2005;

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
