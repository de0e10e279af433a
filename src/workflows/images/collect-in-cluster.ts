/** Asks the registry in a cluster to collect its garbage, in the way that its image has for it (S3-14). */
import { DevregError, isDevregError } from '../../errors.ts';
import type { ClusterRecord } from '../../state/record.ts';
import { openMachine } from '../open-machine.ts';

/** Finds the registry's container among those of the node, and runs its own program there. */
const SCRIPT = `set -e
id=$(crictl ps --quiet --state running --name '^registry$' --label "io.kubernetes.pod.namespace=$1" | head -n 1)
shift
test -n "$id"
exec crictl exec "$id" /bin/registry garbage-collect "$@"`;

/**
 * Collects.
 * @returns what it says about it
 * @throws DevregError GC_REFUSED, ENGINE_ABSENT, ENGINE_UNREACHABLE, CLUSTER_TOOL_ABSENT
 */
export async function collectInCluster(
  { name, engine: kind, engineAt, settings }: ClusterRecord,
  { isDryRun, deleteUntagged }: { readonly isDryRun: boolean; readonly deleteUntagged: boolean },
  { env, signal }: { readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
): Promise<string> {
  const { engine } = await openMachine(env, kind, engineAt);
  const flags = [...(isDryRun ? ['--dry-run'] : []), ...(deleteUntagged ? ['--delete-untagged'] : [])];
  const command = ['sh', '-c', SCRIPT, 'sh', settings.namespace, ...flags];
  try {
    return await engine.exec({ container: `${name}-control-plane`, command, signal });
  } catch (error) {
    if (!isDevregError(error) || error.code !== 'EXEC_FAILED') throw error;
    throw new DevregError(
      'failure',
      'GC_REFUSED',
      `The registry of ${name} did not collect garbage: ${error.message}`,
      {
        hint: 'See devreg status, and devreg logs.',
        cause: error,
      },
    );
  }
}
