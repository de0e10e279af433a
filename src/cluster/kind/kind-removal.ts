/** Removes what is left of a cluster that was not finished. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ContainerEngine } from '../../engine/engine.ts';
import { DevregError } from '../../errors.ts';
import { listClusterContainers } from './kind-nodes.ts';
import type { Kind } from './kind-program.ts';

/** Milliseconds: how long one removal may take, and how long the engine may go on with what was asked of it before. */
const REMOVAL_TIMEOUT = 120_000;
const AFTERMATH = 500;

/** Rounds after which something else must be making containers. */
const ROUNDS = 10;

interface RemovalOptions {
  /** Why the cluster was not finished. */
  readonly failure: unknown;
  /** Whether kind was ended in the middle. */
  readonly isInterrupted: boolean;
  /** The kubeconfig that the cluster was to stand in. */
  readonly kubeconfig: string;
}

/**
 * Deletes the cluster until nothing of it is left. When kind was ended in the middle, the engine may still be starting a
 * container that no list shows yet; so it is looked for twice.
 * @throws DevregError CLUSTER_LEFTOVER, with the failure's own sentence
 */
export async function removePieces(
  { kind, engine }: { readonly kind: Kind; readonly engine: ContainerEngine },
  cluster: string,
  { failure, isInterrupted, kubeconfig }: RemovalOptions,
): Promise<void> {
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await kind(['delete', 'cluster', '--name', cluster, '--kubeconfig', kubeconfig], { timeout: REMOVAL_TIMEOUT });
      if (!isInterrupted) return;
      await wait(AFTERMATH);
      if ((await listClusterContainers(engine, cluster)).length === 0) return;
    }
    throw new Error('Its containers keep coming back.');
  } catch (cause) {
    const told = failure instanceof Error ? `${failure.message} ` : '';
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DevregError('failure', 'CLUSTER_LEFTOVER', `${told}What was begun could not be removed: ${reason}`, {
      hint: `\`kind delete cluster --name ${cluster}\` removes it.`,
      cause: failure,
    });
  }
}
