/** Removes what is left of a cluster that was not finished. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ContainerEngine } from '../../engine/engine.ts';
import { DevregError } from '../../errors.ts';
import { listClusterContainers } from './kind-nodes.ts';
import type { Kind } from './kind-program.ts';

/** Milliseconds that one removal may take. */
const REMOVAL_TIMEOUT = 120_000;

/** Milliseconds between looks, and how many looks there are for containers that were being started. */
const INTERVAL = 200;
const LOOKS = 50;

/** Removals after which something else must be making containers. */
const ROUNDS = 5;

interface RemovalOptions {
  /** Why the cluster was not finished. */
  readonly failure: unknown;
  /** The kubeconfig that the cluster was to stand in. */
  readonly kubeconfig: string;
  /** How many containers were being started: kind does not wait for the others when one fails. */
  readonly expected: number;
}

/**
 * Deletes the cluster until nothing of it is left.
 * @throws DevregError CLUSTER_LEFTOVER, with the failure's own sentence
 */
export async function removePieces(
  { kind, engine }: { readonly kind: Kind; readonly engine: ContainerEngine },
  cluster: string,
  { failure, kubeconfig, expected }: RemovalOptions,
): Promise<void> {
  try {
    await awaitContainers(engine, cluster, expected);
    for (let round = 0; round < ROUNDS; round += 1) {
      await kind(['delete', 'cluster', '--name', cluster, '--kubeconfig', kubeconfig], { timeout: REMOVAL_TIMEOUT });
      if ((await listClusterContainers(engine, cluster)).length === 0) return;
      await wait(INTERVAL);
    }
    throw new Error('its containers keep coming back.');
  } catch (cause) {
    throw leftover(cluster, failure, cause);
  }
}

/** Waits until the engine lists what it was asked for; what never comes is not waited for long. */
async function awaitContainers(engine: ContainerEngine, cluster: string, expected: number): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    if ((await listClusterContainers(engine, cluster)).length >= expected) return;
    await wait(INTERVAL);
  }
}

function leftover(cluster: string, failure: unknown, cause: unknown): DevregError {
  const told = failure instanceof Error ? `${failure.message} ` : '';
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DevregError('failure', 'CLUSTER_LEFTOVER', `${told}What was begun could not be removed: ${reason}`, {
    hint: `\`kind delete cluster --name ${cluster}\` removes it.`,
    cause: failure,
  });
}
