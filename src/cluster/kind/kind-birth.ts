/** Makes one cluster with kind, hands out its pieces as soon as they are there, and clears up when it fails. */
import type { ContainerEngine } from '../../engine/engine.ts';
import { isDevregError } from '../../errors.ts';
import type { ClusterBirth, ClusterOrder } from '../cluster-provider.ts';
import { awaitKubeconfig, awaitNodes } from './kind-pieces.ts';
import { clusterExists } from './kind-failure.ts';
import { listClusterContainers } from './kind-nodes.ts';
import type { Kind } from './kind-program.ts';
import { startKind } from './kind-run.ts';
import { removePieces } from './kind-removal.ts';
import { openScratchKubeconfig } from './scratch-kubeconfig.ts';

/** What making a cluster needs. */
export interface BirthTools {
  readonly kind: Kind;
  readonly engine: ContainerEngine;
}

interface BirthOptions {
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
}

/** Begins a cluster. What kind writes to a kubeconfig meanwhile goes to a file that nobody else sees. */
export function beginCluster(tools: BirthTools, order: ClusterOrder, options: BirthOptions): ClusterBirth {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const configured = Promise.withResolvers<void>();
  const nodes = configured.promise.then(() => awaitNodes(tools.engine, order.name, signal));
  const kubeconfig = configured.promise.then(() => awaitKubeconfig(tools.engine, order.name, signal));

  const make = async (): Promise<void> => {
    await using scratch = await openScratchKubeconfig();
    await ensureAbsent(tools.engine, order.name, signal);
    const run = startKind(tools.kind, order, {
      kubeconfig: scratch.path,
      signal,
      onPhase: options.onPhase,
      onConfigured: configured.resolve,
    });
    try {
      await Promise.all([run.ended, nodes, kubeconfig]);
    } catch (failure) {
      stop.abort(failure);
      await Promise.allSettled([run.ended]);
      if (isOurs(failure) && !order.keepOnFailure) {
        await removePieces(tools, order.name, { failure, kubeconfig: scratch.path, expected: run.countStarting() });
      }
      throw failure;
    }
  };
  const made = make();
  made.catch(configured.reject);
  const failAsMade = <T>(piece: Promise<T>): Promise<T> => piece.catch(() => made.then(() => piece));
  return tolerant({ nodes: failAsMade(nodes), kubeconfig: failAsMade(kubeconfig), made });
}

/** Whether there can be pieces that this order has made. */
function isOurs(failure: unknown): boolean {
  return !isDevregError(failure) || !['CLUSTER_EXISTS', 'CLUSTER_TOOL_ABSENT'].includes(failure.code);
}

async function ensureAbsent(engine: ContainerEngine, name: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if ((await listClusterContainers(engine, name)).length > 0) throw clusterExists(name);
}

/** The pieces fail as the whole does; whoever watches one of them has seen it. */
function tolerant(birth: ClusterBirth): ClusterBirth {
  for (const piece of [birth.nodes, birth.kubeconfig, birth.made]) piece.catch(() => {});
  return birth;
}
