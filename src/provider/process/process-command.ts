/** What a process of this machine is, as the system tells it. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** Enough to recognise a program by. */
const LENGTH_MAX = 100;

const SCRIPT = /^\/.*\.[cm]?[jt]s$/;

/**
 * Looks up the command line of a process: program and scripts without their folders, which may be long, then the rest,
 * cut to a readable length and without what could steer a terminal.
 * @param proc the folder that `/proc` is in; tests give their own
 * @returns undefined where the system does not tell
 */
export async function findCommand(pid: number, proc = '/proc'): Promise<string | undefined> {
  const text = await readFile(`${proc}/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...words] = text.split('\0').map((word) => (SCRIPT.test(word) ? basename(word) : word));
  const command = [basename(program), ...words].join(' ').replaceAll(/\p{C}/gu, '?').trim();
  if (command === '') return undefined;
  return command.length <= LENGTH_MAX ? command : `${command.slice(0, LENGTH_MAX - 1)}…`;
}

/** How a process is written in sentences: with its number, and its command where that is known. */
export function describeProcess(pid: number, command: string | undefined): string {
  return command === undefined ? `process ${pid}` : `process ${pid} (${command})`;
}
