/** How the user calls this program, for commands that shall work when pasted. */
import { realpath } from 'node:fs/promises';
import { findProgram } from '../../process/find-program.ts';
import type { Surroundings } from '../surroundings.ts';
import { quoteWord } from './shell.ts';

/** The words that call this program in the user's shell. */
export async function programName({ env, program }: Pick<Surroundings, 'env' | 'program'>): Promise<string> {
  // While npx runs, its own folder is on the PATH; afterwards it is not.
  if (env['npm_command'] === 'exec') return 'npx devreg';
  if (await isFoundAs('devreg', program.script, env)) return 'devreg';
  const node = (await isFoundAs('node', program.execPath, env)) ? 'node' : quoteWord(program.execPath);
  return `${node} ${quoteWord(program.script)}`;
}

async function isFoundAs(name: string, file: string, env: Surroundings['env']): Promise<boolean> {
  const found = await findProgram(name, env);
  if (found === undefined) return false;
  const [one, other] = await Promise.all([found, file].map((path) => realpath(path).catch(() => path)));
  return one === other;
}
