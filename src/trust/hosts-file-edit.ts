/** Leads names to this machine by the system's hosts file, and takes that back. */
import { readFile } from 'node:fs/promises';
import { DevregError, systemCodeOf, translateFileErrors, translateReadErrors } from '../errors.ts';
import { replaceHostsFile, WRITE_DENIED } from './hosts-file-replacement.ts';
import {
  addHostLines,
  findBorrowedNames,
  hostLinePattern,
  hostLines,
  type HostNamePlan,
  planHostNames,
  removeHostLines,
} from './hosts-file.ts';

/**
 * Makes every name lead here that does not lead elsewhere by a line of somebody else's.
 * @param file the system's hosts file
 * @param cluster whose lines they are
 * @param target where they shall lead, IPv4; undefined: to this machine
 * @returns what was done for each name
 * @throws DevregError HOSTS_FILE_DENIED, with the command that does it
 */
export async function ensureHostNames(
  file: string,
  cluster: string,
  names: readonly string[],
  target?: string,
): Promise<HostNamePlan[]> {
  const text = await read(file);
  const plan = planHostNames(text, cluster, names, target);
  const missing = plan.filter(({ action }) => action === 'add').map(({ name }) => name);
  if (missing.length === 0) return plan;
  const lines = hostLines(cluster, missing, target);
  await write(file, addHostLines(text, lines), addCommand(file, text, lines));
  return plan;
}

/**
 * Finds the names that would be lost with other clusters.
 * @throws DevregError when there is a file that cannot be read
 */
export async function readBorrowedNames(file: string, cluster: string, names: readonly string[]): Promise<string[]> {
  return findBorrowedNames(await read(file), cluster, names);
}

/**
 * Reads what would be done for names.
 * @throws DevregError when there is a file that cannot be read
 */
export async function readHostNames(
  file: string,
  cluster: string,
  names: readonly string[],
  target: string,
): Promise<HostNamePlan[]> {
  return planHostNames(await read(file), cluster, names, target);
}

/**
 * Removes the lines of a cluster and no others.
 * @returns whether there were any
 * @throws DevregError HOSTS_FILE_DENIED, with the command that does it
 */
export async function removeHostNames(file: string, cluster: string): Promise<boolean> {
  const text = await read(file);
  const left = removeHostLines(text, cluster);
  if (left === text) return false;
  await write(file, left, removeCommand(file, cluster));
  return true;
}

/** The file as it is, each byte a character; empty when there is none. */
async function read(file: string): Promise<string> {
  return translateReadErrors(file, async () => {
    try {
      return await readFile(file, 'latin1');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return '';
      throw error;
    }
  });
}

async function write(file: string, text: string, remedy: string): Promise<void> {
  await translateFileErrors(`write ${file}`, async () => {
    try {
      await replaceHostsFile(file, text);
    } catch (cause) {
      if (!WRITE_DENIED.has(systemCodeOf(cause) ?? '')) throw cause;
      const message = `Only an administrator may change ${file}.`;
      throw new DevregError('failure', 'HOSTS_FILE_DENIED', message, { hint: remedy, cause });
    }
  });
}

/** Lines that follow one without a line break need one before them. */
function addCommand(file: string, text: string, lines: readonly string[]): string {
  if (isOfWindows(file)) return `As an administrator, add to it: ${lines.join(' and ')}`;
  const start = text === '' || text.endsWith('\n') ? '' : '\\n';
  return `Run: printf '${start}${lines.map((line) => `${line}\\n`).join('')}' | sudo tee -a ${file}`;
}

function removeCommand(file: string, cluster: string): string {
  if (isOfWindows(file)) return `As an administrator, remove the lines that end in: # devreg ${cluster}`;
  return `Run: sudo sed -i.bak '/${hostLinePattern(cluster)}/d' ${file}`;
}

function isOfWindows(file: string): boolean {
  return file.includes('\\');
}
