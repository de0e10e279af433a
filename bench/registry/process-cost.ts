/** What a process and its children have used, as the system tells it (Linux). */
import { readFile } from 'node:fs/promises';

/** Microseconds in a tick of the times in `/proc`. */
const TICK_US = 10_000;

/** CPU time of a process and all its threads, with those of its children that ended, in microseconds. */
export async function cpuTime(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which may hold anything, in parentheses: state is field 3, utime 14, stime 15.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Memory that is resident now, in bytes. */
export async function residentMemory(pid: number): Promise<number> {
  return readStatus(pid, 'VmRSS');
}

/** The most memory that was ever resident, in bytes. */
export async function peakMemory(pid: number): Promise<number> {
  return readStatus(pid, 'VmHWM');
}

async function readStatus(pid: number, field: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text);
  return Number(match?.[1] ?? 0) * 1_024;
}
