/** What the registry of a cluster was asked, as its log has it. */
import type { MadeCluster } from './cluster-creation.ts';
import type { ClusterUser } from './cluster-user.ts';

/** One request. */
interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly agent: string;
}

/** Reads the log as a user does. @returns the requests in it, in their order */
async function readRequests(user: ClusterUser, { name }: MadeCluster): Promise<SeenRequest[]> {
  const { stdout } = await user.sh(`devreg logs --name ${name}`);
  return stdout
    .split('\n')
    .map((line) => JSON.parse(line) as SeenRequest & { readonly event: string })
    .filter(({ event }) => event === 'request');
}

/** The pulls of an image's manifest by nodes. @param repository without host and tag */
export async function pullsByNodes(
  user: ClusterUser,
  cluster: MadeCluster,
  repository: string,
): Promise<readonly SeenRequest[]> {
  const requests = await readRequests(user, cluster);
  const isPull = ({ path, agent, status }: SeenRequest) =>
    path.startsWith(`/v2/${repository}/manifests/`) && agent.startsWith('containerd/') && status === 200;
  return requests.filter(isPull);
}
