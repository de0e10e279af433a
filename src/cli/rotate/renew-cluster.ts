/** New credentials for a registry in a cluster: its Secret is applied anew, and the Deployment rolls by its annotation. */
import { newAccessToken } from '../../registry/auth/access-token.ts';
import type { ClusterRecord } from '../../state/record.ts';
import { createCluster } from '../../workflows/cluster/create-cluster.ts';
import { openCluster } from '../../workflows/open-cluster.ts';
import { openMachine } from '../../workflows/open-machine.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { VERSION } from '../version.ts';

const DEFAULT_TIMEOUT_MS = 300_000;

/**
 * Brings the cluster to new credentials, and to nothing else that is new.
 * @throws DevregError as `createCluster` does, and those of the engine
 */
export async function renewCluster(
  { name, engine }: ClusterRecord,
  timeout: number | undefined,
  state: State,
  { surroundings, terminal }: Context,
): Promise<void> {
  const { env, machine, program, signal, now, resolvesHere } = surroundings;
  const opened = openCluster(
    await openMachine(env, engine),
    { ...machine, env },
    { ...program, arch: machine.arch, version: VERSION },
  );
  await createCluster(
    {
      name,
      wanted: {},
      rotatePassword: true,
      recreate: false,
      keepOnFailure: false,
      timeout: timeout ?? DEFAULT_TIMEOUT_MS,
    },
    {
      ...state,
      ...opened,
      version: VERSION,
      trustPlace: { home: machine.home, root: '/' },
      progress: terminal,
      signal,
      owner: `${machine.user}@${machine.hostname}`,
      now,
      drawToken: newAccessToken,
      resolvesHere,
      mayWriteHosts: async () => false,
      mayLogIn: async () => false,
    },
  );
}
