/** Where `create` makes a registry: as asked for, as it was, or in a cluster where this machine can have one. */
import { type EngineWish, readEngineWish } from '../../config/engine-wish.ts';
import { DevregError, isDevregError } from '../../errors.ts';
import type { ClusterRecord } from '../../state/record.ts';
import { type ClusterMachine, openMachine } from '../../workflows/open-machine.ts';
import type { Context } from '../context.ts';
import type { CreateOrder } from './create-process.ts';

/** A place for a registry. */
export type Place = { readonly kind: 'process' } | (ClusterMachine & { readonly kind: 'kind' });

/** What is asked for. */
export interface PlaceWish {
  readonly provider: 'kind' | 'process' | undefined;
  readonly engine: EngineWish | undefined;
  /** Whether the engine was named for this one time, not for whatever may come. */
  readonly isEngineNamed: boolean;
}

/**
 * Chooses, and says why where it is not what most people come for.
 * @throws DevregError ENGINE_FIXED, ENGINE_UNSUPPORTED; ENGINE_ABSENT, ENGINE_UNREACHABLE, ENGINE_EMULATED,
 *   CLUSTER_TOOL_ABSENT when a cluster or an engine is asked for
 */
export async function chooseProvider(
  { provider: asked, engine: told, isEngineNamed }: PlaceWish,
  { name, records }: Pick<CreateOrder, 'name' | 'records'>,
  { surroundings, terminal }: Context,
): Promise<Place> {
  const known = records.find((record) => record.name === name);
  const wanted = asked ?? known?.provider;
  if (wanted === 'process') return { kind: 'process' };
  const engine = readEngineWish(told, surroundings.env);
  if (known?.provider === 'kind' && isEngineNamed && engine !== undefined && engine !== known.engine)
    throw engineFixed(known);
  try {
    return {
      kind: 'kind',
      ...(known?.provider === 'kind'
        ? await openMachine(surroundings.env, known.engine, known.engineAt)
        : await openMachine(surroundings.env, engine)),
    };
  } catch (error) {
    const isAsked = wanted === 'kind' || (told !== undefined && told !== 'auto');
    if (isAsked || !isDevregError(error)) throw error;
    const way = error.code === 'ENGINE_UNREACHABLE' ? error.hint : 'For a cluster, install Docker and kind.';
    terminal.note(`${error.message} So the registry runs as a process of this machine. ${way}`);
    return { kind: 'process' };
  }
}

function engineFixed({ name, engine }: ClusterRecord): DevregError {
  return new DevregError('conflict', 'ENGINE_FIXED', `The cluster ${name} was made with ${engine}.`, {
    hint: `Choose another --name, or delete that one first: devreg delete --name ${name}.`,
  });
}
