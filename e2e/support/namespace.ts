/** The processes of a namespace, found so that none outlives its test. */
import { readdirSync, readlinkSync } from 'node:fs';

/** Kills every process that shares the mount namespace of the given one, and that one at last. */
export function endProcessesOf(holder: number): void {
  const namespace = mountNamespace(holder);
  if (namespace === undefined) return;
  const others = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== holder && mountNamespace(pid) === namespace);
  for (const pid of [...others, holder]) end(pid);
}

function mountNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
