/** `devreg create` for a registry in a cluster. */
import { createCluster } from '../../workflows/cluster/create-cluster.ts';
import type { Context } from '../context.ts';
import { confirm } from '../terminal/confirm.ts';
import type { Place } from './choose-provider.ts';
import { CLUSTER_TIMEOUT_MS, openClusterPorts } from './cluster-ports.ts';
import type { CreateOrder } from './create-process.ts';
import { readWanted } from './read-wanted.ts';
import { readRegistryConfig } from './registry-config.ts';
import { showDryRun } from './show-dry-run.ts';
import { tellCreated } from './tell-created.ts';
import type { ClusterOptions } from './wanted-cluster.ts';

/** What is asked for. */
export interface ClusterOrder extends CreateOrder {
  readonly cluster: Omit<ClusterOptions, 'engine' | 'isEngineNamed'>;
  readonly place: Extract<Place, { kind: 'kind' }>;
  /** Whether the user may be asked. */
  readonly isAsking: boolean;
}

/**
 * Makes the cluster and answers.
 * @throws DevregError of the recipe
 */
export async function createOfCluster(order: ClusterOrder, context: Context): Promise<void> {
  const { terminal } = context;
  const { name, rotatePassword, password, timeout = CLUSTER_TIMEOUT_MS, state, cluster, place } = order;
  const wanted = await readWanted({ ...order.wanted, ...cluster.wanted }, cluster.kindConfig, context);
  const { recreate } = cluster;
  if (cluster.dryRun)
    return terminal.answer(await showDryRun(order, { name, wanted, rotatePassword, password, recreate }, context));
  const nodeLogins = await readNodeLogins(cluster.registryConfig, context);
  const ask = async (given: boolean | undefined, question: string) =>
    given ?? (await askUser(question, order, context));
  const created = await createCluster(
    {
      name,
      wanted,
      rotatePassword,
      password,
      nodeLogins,
      timeout,
      recreate,
      keepOnFailure: cluster.keepOnFailure,
    },
    openClusterPorts(place, state, context, {
      mayWriteHosts: (hosts) =>
        ask(
          cluster.hostsFile,
          `${hosts.join(', ')} does not lead to this machine by itself. Write it into the hosts file?`,
        ),
      mayLogIn: (registries) => ask(cluster.login, `Log docker and podman in to ${registries.join(' and ')}?`),
    }),
  );
  terminal.answer(
    await tellCreated({ created, resolves: created.resolves }, order.output, state, context.surroundings),
  );
}

async function readNodeLogins(
  files: readonly string[] | undefined,
  { surroundings: { env, machine }, terminal }: Context,
): Promise<string | undefined> {
  if (files === undefined) return undefined;
  const { file, registries, text } = await readRegistryConfig(files, { ...machine, env });
  terminal.note(`Nodes get the logins of ${file}: ${registries.join(', ')}.`);
  return text;
}

/** Only on a terminal; elsewhere nobody is asked, and nothing is done that was not asked for. */
async function askUser(question: string, { isAsking }: ClusterOrder, { surroundings }: Context): Promise<boolean> {
  const { stdin, stderr, signal } = surroundings;
  return isAsking && stdin.isTTY === true && stderr.isTTY === true && confirm(question, stdin, stderr, signal);
}
