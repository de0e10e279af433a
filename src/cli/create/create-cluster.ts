/** `devreg create` for a registry in a cluster. */
import { nameSource, readConfigText } from '../../config/kind-config-text.ts';
import { newAccessToken } from '../../registry/auth/access-token.ts';
import { isImplied } from '../../workflows/chosen-registry.ts';
import { createCluster } from '../../workflows/cluster/create-cluster.ts';
import type { WantedCluster } from '../../workflows/cluster/cluster-settings.ts';
import { showCluster } from '../../workflows/cluster/show-cluster.ts';
import { openCluster } from '../../workflows/open-cluster.ts';
import type { Context } from '../context.ts';
import { confirm } from '../terminal/confirm.ts';
import { VERSION } from '../version.ts';
import { answerOf, formatAnswer } from './answer.ts';
import type { Place } from './choose-provider.ts';
import { findClient } from './client.ts';
import type { CreateOrder } from './create-process.ts';
import { programName } from './program-name.ts';
import type { ClusterOptions } from './wanted-cluster.ts';

/** What is asked for. */
export interface ClusterOrder extends CreateOrder {
  readonly cluster: ClusterOptions;
  readonly place: Extract<Place, { kind: 'kind' }>;
  /** Whether the user may be asked. */
  readonly isAsking: boolean;
}

const DEFAULT_TIMEOUT_MS = 300_000;

/** The root folder that `/etc` is in. */
const ROOT = '/';

/**
 * Makes the cluster and answers.
 * @throws DevregError of the recipe
 */
export async function createOfCluster(order: ClusterOrder, context: Context): Promise<void> {
  const { surroundings, terminal } = context;
  const { env, machine, signal, now } = surroundings;
  const { name, rotatePassword, password, timeout = DEFAULT_TIMEOUT_MS, state, cluster, place } = order;
  const wanted = await readWanted(order, context);
  if (cluster.dryRun)
    return terminal.answer(
      await showCluster(name, wanted, await state.records.find(name), { version: VERSION, progress: terminal }),
    );
  const ask = async (given: boolean | undefined, question: string) =>
    given ?? (await askUser(question, order, context));
  const created = await createCluster(
    {
      name,
      wanted,
      rotatePassword,
      password,
      timeout,
      recreate: cluster.recreate,
      keepOnFailure: cluster.keepOnFailure,
    },
    {
      ...state,
      ...openCluster(place, { ...machine, env }, { ...surroundings.program, arch: machine.arch, version: VERSION }),
      version: VERSION,
      trustPlace: { home: machine.home, root: ROOT },
      progress: terminal,
      signal,
      owner: `${machine.user}@${machine.hostname}`,
      now,
      drawToken: newAccessToken,
      resolvesHere: surroundings.resolvesHere,
      mayWriteHosts: (hosts) =>
        ask(
          cluster.hostsFile,
          `${hosts.join(', ')} does not lead to this machine by itself. Write it into the hosts file?`,
        ),
      mayLogIn: (registries) => ask(cluster.login, `Log docker and podman in to ${registries.join(' and ')}?`),
    },
  );
  const client = await findClient(env, machine.home);
  const names = { program: await programName(surroundings), isImplied: isImplied(name, await state.records.list()) };
  const { resolves } = created;
  terminal.answer(await formatAnswer(answerOf({ created, resolves, client, ...names }), order.output));
}

async function readWanted({ wanted, cluster }: ClusterOrder, { surroundings }: Context): Promise<WantedCluster> {
  const { stdin, signal } = surroundings;
  const own = { ...wanted, ...cluster.wanted };
  const source = cluster.kindConfig;
  if (source === undefined) return own;
  const text = await readConfigText(source, { stdin, fetch, signal });
  return { ...own, kindConfig: { source: nameSource(source), text } };
}

/** Only on a terminal; elsewhere nobody is asked, and nothing is done that was not asked for. */
async function askUser(question: string, { isAsking }: ClusterOrder, { surroundings }: Context): Promise<boolean> {
  const { stdin, stderr, signal } = surroundings;
  return isAsking && stdin.isTTY === true && stderr.isTTY === true && confirm(question, stdin, stderr, signal);
}
