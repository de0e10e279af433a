/** The program of `registry-process-entry.ts` in one file, for tests that start it hundreds of times. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import bundling from '../../rolldown.config.ts';

/** A worker must lie beside the bundle under its name; every other entry is a program. */
const WORKER = /-worker$/;

/**
 * Bundles; loading it takes a fifth of the time that loading a hundred files and stripping their types takes, half of
 * that by being CommonJS.
 * @param folder must be there
 * @returns the file to start
 */
export async function bundleRegistryProcess(folder: string): Promise<string> {
  const entry = join(import.meta.dirname, 'registry-process-entry.ts');
  await using bundle = await rolldown({
    input: { entry, ...workers() },
    platform: 'node',
    cwd: join(import.meta.dirname, '../..'),
  });
  await bundle.write({ dir: folder, format: 'cjs' });
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
  return join(folder, 'entry.js');
}

function workers(): Record<string, string> {
  const entries = [bundling]
    .flat()
    .flatMap(({ input }) => (typeof input === 'object' && !Array.isArray(input) ? Object.entries(input) : []));
  const found = entries.filter(([name]) => WORKER.test(name));
  if (found.length === 0) throw new Error('The bundle is configured without workers.');
  return Object.fromEntries(found);
}
