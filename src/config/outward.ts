/** What a file of a project may not ask for by itself: whoever works in a clone of others has not read it yet. */
import { dirname, relative, sep } from 'node:path';
import { DevregError } from '../errors.ts';
import { realPath } from '../optional-files.ts';
import { CONFIG_OPTIONS } from './config-options.ts';
import type { ConfiguredOption } from './option-reader.ts';

/**
 * Refuses options of a file that was found, not named, when they lead out of its folder or let other machines in.
 * @param options with absolute paths
 * @throws DevregError CONFIG_FILE_OUTWARD naming each
 */
export async function refuseOutward(
  options: readonly (readonly [string, ConfiguredOption])[],
  file: string,
): Promise<void> {
  const folder = await realPath(dirname(file));
  const found: string[] = [];
  for (const [name, { source, texts }] of options)
    for (const text of texts) if (await isOutward(name, text, folder)) found.push(`${source}: ${text}`);
  if (found.length === 0) return;
  throw new DevregError(
    'usage',
    'CONFIG_FILE_OUTWARD',
    `${file} asks for what is outside its folder: ${found.join('; ')}.`,
    {
      hint: `If that is as it should be, name the file with --config ${file}, or say it on the command line.`,
    },
  );
}

async function isOutward(name: string, text: string, folder: string): Promise<boolean> {
  if (name === 'listen') return !text.startsWith('127.');
  if (CONFIG_OPTIONS[name]?.isPath !== true || text === '-' || /^https?:\/\//i.test(text)) return false;
  // A variable may stand for any folder.
  if (text.startsWith('$')) return true;
  const path = relative(folder, await realPath(text));
  return path === '..' || path.startsWith(`..${sep}`);
}
