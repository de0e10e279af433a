/** What a cluster leaves on a machine, to see that there is nothing of it. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterUser } from './cluster-user.ts';

/** Everything that `create` writes and `delete` takes back. */
export interface Traces {
  readonly containers: string;
  readonly volumes: string;
  /** Everything in it, whoever's it is. */
  readonly kubeconfig: unknown;
  /** Its lines of the hosts file. */
  readonly hosts: readonly string[];
  /** What devreg knows of it. */
  readonly clusters: unknown;
  /** Files by which clients trust. */
  readonly trusted: readonly string[];
}

/** Looks at a user's machine; of containers and volumes only at those of one cluster. */
export async function findTraces(user: ClusterUser, name: string): Promise<Traces> {
  const filter = `--filter label=io.x-k8s.kind.cluster=${name}`;
  return {
    containers: (await user.sh(`docker ps -a --format '{{.Names}}' ${filter}`)).stdout,
    volumes: (await user.sh(`docker volume ls -q ${filter}`)).stdout,
    kubeconfig: await user.json('kubectl config view --raw -o json'),
    hosts: (await readFile('/etc/hosts', 'latin1')).split('\n').filter((line) => line.endsWith(` # devreg ${name}`)),
    clusters: await user.json(`devreg get clusters -o json | jq 'map(select(.name == "${name}"))'`),
    trusted: await readdir(join(user.home, '.config/containers/certs.d')).catch(() => []),
  };
}
