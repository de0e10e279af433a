/** `devreg create` for a cluster, and what it answers. */
import type { ClusterUser } from './cluster-user.ts';

/** A cluster that was made. */
export interface MadeCluster {
  readonly name: string;
  /** `host:port`, as images are named. */
  readonly named: string;
  readonly local: string;
  readonly port: number;
  readonly localPort: number;
  /** The file of the CA; null without TLS. */
  readonly ca: string | null;
  readonly context: string;
  readonly outcome: string;
  /** What it said while it worked. */
  readonly said: string;
}

/** Two ports of the system's choice. */
const ANY_PORTS = '--port 0 --registry-port 0';

/** Makes a cluster, or makes it again. @param flags besides name, ports and output @throws ProgramFailed when it fails */
export async function createCluster(
  user: ClusterUser,
  { name = user.newName(), flags = '', ports = ANY_PORTS, input = '' } = {},
): Promise<MadeCluster> {
  const started = performance.now();
  const { stdout, stderr: said } = await user.sh(`devreg create --name ${name} ${ports} -o json ${flags}`, { input });
  const seconds = (performance.now() - started) / 1000;
  process.stderr.write(`devreg create ${flags}: ${seconds.toFixed(1)} s\n`);
  const answer = JSON.parse(stdout) as {
    readonly names: readonly [string, ...string[]];
    readonly ca: string | null;
    readonly context: string;
    readonly outcome: string;
  };
  const [named, local = named] = answer.names;
  const portOf = (registry: string) => Number(registry.split(':')[1]);
  return { ...answer, name, named, local, port: portOf(named), localPort: portOf(local), said };
}
