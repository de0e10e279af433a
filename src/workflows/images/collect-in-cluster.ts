/** Asks the registry in a cluster to collect its garbage, in the way that its image has for it (S3-14). */
import { DevregError, isDevregError } from '../../errors.ts';
import type { ClusterRecord } from '../../state/record.ts';
import { openMachine } from '../open-machine.ts';

/** Finds the registry's container among those of the node, and runs its own program there. Not every node has crictl. */
const SCRIPT = `set -e
wanted="labels.\\"io.kubernetes.container.name\\"==registry,labels.\\"io.kubernetes.pod.namespace\\"==$1"
shift
for id in $(ctr -n k8s.io containers ls -q "$wanted"); do
  if ctr -n k8s.io tasks ls | grep -q "^$id .*RUNNING"; then
    exec ctr -n k8s.io tasks exec --exec-id "devreg-gc-$$" "$id" /bin/registry garbage-collect "$@"
  fi
done
echo 'no registry runs there' >&2
exit 1`;

/**
 * Collects.
 * @returns what it says, a line of it the report as JSON
 * @throws DevregError GC_REFUSED, ENGINE_ABSENT, ENGINE_UNREACHABLE, CLUSTER_TOOL_ABSENT
 */
export async function collectInCluster(
  { name, engine: kind, engineAt, settings }: ClusterRecord,
  { isDryRun, deleteUntagged }: { readonly isDryRun: boolean; readonly deleteUntagged: boolean },
  { env, signal }: { readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
): Promise<string> {
  const { engine } = await openMachine(env, kind, engineAt);
  const flags = ['--json', ...(isDryRun ? ['--dry-run'] : []), ...(deleteUntagged ? ['--delete-untagged'] : [])];
  const command = ['sh', '-c', SCRIPT, 'sh', settings.namespace, ...flags];
  try {
    return await engine.exec({ container: `${name}-control-plane`, command, signal });
  } catch (error) {
    if (!isDevregError(error) || error.code !== 'EXEC_FAILED') throw error;
    throw new DevregError('failure', 'GC_REFUSED', `The registry of ${name} did not collect garbage.`, {
      hint: 'See devreg status, and devreg logs.',
      cause: error,
    });
  }
}
