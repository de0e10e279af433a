/** Containers of a cluster that are still being started, though whoever wanted them was killed: they would come after its removal. */
import { setTimeout as wait } from 'node:timers/promises';
import { CommandFailedError } from '../../process/command-failed-error.ts';
import type { Runner } from '../../process/runner.ts';
import { CLUSTER_LABEL } from './kind-nodes.ts';

/** Every process with all its arguments, on Linux and macOS alike. */
const PS = { program: 'ps', args: ['-A', '-ww', '-o', 'args='] } as const;

/** Milliseconds between looks, and how many there are: half a minute, which is long for the start of a container. */
const INTERVAL = 200;
const LOOKS = 150;

/**
 * Waits until no engine's program is starting a container for the cluster. kind starts them so, and lives no longer
 * than devreg than until its next word.
 */
export async function awaitLateBirths(runner: Runner, cluster: string): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (!(await listProcesses(runner)).some((line) => isBirth(line, cluster))) return;
    await wait(INTERVAL);
  }
}

/** Where processes cannot be listed there is nothing to wait for. */
async function listProcesses(runner: Runner): Promise<string[]> {
  try {
    return (await runner.run(PS)).stdout.split('\n');
  } catch (error) {
    if (error instanceof CommandFailedError) return [];
    throw error;
  }
}

/** kind labels each container as it starts it: `docker run … --label io.x-k8s.kind.cluster=NAME …`. */
function isBirth(line: string, cluster: string): boolean {
  const words = line.split(/\s+/);
  return words.includes('run') && words.includes(`${CLUSTER_LABEL}=${cluster}`);
}
