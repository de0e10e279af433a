/** How much memory a process has and had, from the system's own books. */
import { readFile, writeFile } from 'node:fs/promises';

/** In bytes. */
export interface ProcessMemory {
  /** Resident now. */
  readonly resident: number;
  /** The most resident since the process began or `forgetPeak` was called. */
  readonly peak: number;
}

/** Reads the memory of a process. @throws the system's error when there is no such process */
export async function readMemory(pid: number): Promise<ProcessMemory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return { resident: field(status, 'VmRSS'), peak: field(status, 'VmHWM') };
}

/** Lets the peak begin anew at what is resident now. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

function field(status: string, name: string): number {
  const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`The system does not tell ${name}.`);
  return Number(kilobytes) * 1024;
}
