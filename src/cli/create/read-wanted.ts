/** What is asked of a cluster, with the kind configuration that it is to be built upon. */
import { nameSource, readConfigText } from '../../config/kind-config-text.ts';
import type { WantedCluster } from '../../workflows/cluster/cluster-settings.ts';
import type { Context } from '../context.ts';

/**
 * Reads the configuration.
 * @param source a path, a URL, or `-`; undefined: the one there was
 * @throws DevregError KIND_CONFIG_UNREADABLE, KIND_CONFIG_INVALID
 */
export async function readWanted(
  wanted: WantedCluster,
  source: string | undefined,
  { surroundings: { stdin, signal } }: Context,
): Promise<WantedCluster> {
  if (source === undefined) return wanted;
  const text = await readConfigText(source, { stdin, fetch, signal });
  return { ...wanted, kindConfig: { source: nameSource(source), text } };
}
