/** Where `create` makes a registry: as asked for, as it was, or in a cluster where this machine can have one. */
import { isDevregError } from '../../errors.ts';
import { type ClusterMachine, openMachine } from '../../workflows/open-machine.ts';
import type { Context } from '../context.ts';
import type { CreateOrder } from './create-process.ts';

/** A place for a registry. */
export type Place = { readonly kind: 'process' } | (ClusterMachine & { readonly kind: 'kind' });

/**
 * Chooses, and says why where it is not what most people come for.
 * @throws DevregError ENGINE_ABSENT, ENGINE_UNREACHABLE, CLUSTER_TOOL_ABSENT when a cluster is asked for
 */
export async function chooseProvider(
  asked: 'kind' | 'process' | undefined,
  { name, records }: Pick<CreateOrder, 'name' | 'records'>,
  { surroundings, terminal }: Context,
): Promise<Place> {
  const known = records.find((record) => record.name === name);
  const wanted = asked ?? known?.provider;
  if (wanted === 'process') return { kind: 'process' };
  try {
    const engine = known?.provider === 'kind' ? known.engine : undefined;
    return { kind: 'kind', ...(await openMachine(surroundings.env, engine)) };
  } catch (error) {
    if (wanted === 'kind' || !isDevregError(error)) throw error;
    const way = error.code === 'ENGINE_UNREACHABLE' ? error.hint : 'For a cluster, install Docker and kind.';
    terminal.note(`${error.message} So the registry runs as a process of this machine. ${way}`);
    return { kind: 'process' };
  }
}
