/** Tells one process from another that has got its number. */
import { readFile } from 'node:fs/promises';
import { systemCodeOf } from '../../errors.ts';

/** A process of this machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in the system's own count; undefined where the system does not tell. */
  readonly startedAt: string | undefined;
}

/** @returns who has the number now */
export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  return { pid, startedAt: (await readStatus(pid))?.startedAt };
}

/** Whether a process is no more: another may have its number, or nobody has asked how it ended. */
export async function isGone({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  if (!hasNumber(pid)) return true;
  const status = await readStatus(pid);
  if (status === undefined) return !hasNumber(pid);
  return status.isOver || (startedAt !== undefined && status.startedAt !== startedAt);
}

/** Where it is another user's, there is one. */
function hasNumber(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH';
  }
}

/** Fields are counted behind the name, which stands in parentheses and may hold anything. */
async function readStatus(pid: number): Promise<{ readonly isOver: boolean; readonly startedAt: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startedAt = fields[STARTED_AT];
  if (state === undefined || startedAt === undefined) return undefined;
  return { isOver: OVER.has(state), startedAt };
}

/** The field `starttime`, 22nd of all. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const STARTED_AT = 18;

/** Ended, and not asked for yet how; or about to vanish. */
const OVER: ReadonlySet<string> = new Set(['Z', 'X']);
