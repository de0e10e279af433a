/** What a cluster leaves on a machine, to see that there is nothing of it. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterUser } from './cluster-user.ts';

/** Everything that `create` writes and `delete` takes back. */
export interface Traces {
  readonly containers: string;
  readonly volumes: string;
  readonly kubeconfig: string;
  readonly hosts: string;
  /** The clusters devreg knows. */
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
    kubeconfig: await readFile(join(user.home, '.kube/config'), 'utf8').catch(() => ''),
    hosts: await readFile('/etc/hosts', 'latin1'),
    clusters: await user.json('devreg get clusters -o json'),
    trusted: await readdir(join(user.home, '.config/containers/certs.d')).catch(() => []),
  };
}
