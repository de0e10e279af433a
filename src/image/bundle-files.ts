/** The part of the image that changes with devreg: the registry's program, with every file of the bundle it needs. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DevregError, systemCodeOf, translateReadErrors } from '../errors.ts';
import type { ArchiveFile } from '../tar/archive-file.ts';
import { BUNDLE_FOLDER, COMMAND_PATH } from './image-layout.ts';

/** The registry's entry in `dist/`. */
const ENTRY = 'registry.js';

/** A file of the bundle named by another: chunks by imports, workers by the text after `./`. */
const NAMED = /["'`]\.\/([\w.-]+\.js)["'`]/g;

/** A worker whose name is put together: `./hash-worker${…}`. */
const NAMED_WITHOUT_ENDING = /`\.\/([\w.-]+)\$\{/g;

const PROGRAM = 0o755;
const READABLE = 0o644;

/**
 * Finds the files.
 * @param packageFolder has `dist/` and `bin/`
 * @returns entries of the layer
 * @throws DevregError NOT_BUILT, or when the file system refuses
 */
export async function bundleLayerFiles(packageFolder: string): Promise<ArchiveFile[]> {
  const command = await readPart(packageFolder, COMMAND_PATH);
  const bundle = await followNames(packageFolder);
  return [
    { kind: 'bytes', path: COMMAND_PATH, mode: PROGRAM, bytes: command },
    entry('package.json', Buffer.from('{"type":"module"}\n')),
    ...[...bundle].map(([name, bytes]) => entry(name, bytes)),
  ];
}

/** The bundle shares its folder with the command-line tool and with what older builds left. */
async function followNames(packageFolder: string): Promise<Map<string, Buffer>> {
  const found = new Map([[ENTRY, await readPart(packageFolder, `dist/${ENTRY}`)]]);
  const there = new Set(await readdir(join(packageFolder, 'dist')));
  // What is added while a Map is walked is walked too.
  for (const [, program] of found) {
    for (const name of namesIn(program.toString('utf8'))) {
      if (there.has(name) && !found.has(name)) found.set(name, await readPart(packageFolder, `dist/${name}`));
    }
  }
  return found;
}

function namesIn(program: string): string[] {
  const whole = [...program.matchAll(NAMED)].map(([, name = '']) => name);
  const pieced = [...program.matchAll(NAMED_WITHOUT_ENDING)].map(([, name = '']) => `${name}.js`);
  return [...whole, ...pieced];
}

async function readPart(packageFolder: string, name: string): Promise<Buffer> {
  const path = join(packageFolder, name);
  return translateReadErrors(path, async () => {
    try {
      return await readFile(path);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      throw new DevregError('prerequisite', 'NOT_BUILT', `The registry's program is not built: there is no ${path}.`, {
        hint: `Run npm run build in ${packageFolder}, or bring an image with --registry-image.`,
        cause: error,
      });
    }
  });
}

function entry(name: string, bytes: Buffer): ArchiveFile {
  return { kind: 'bytes', path: `${BUNDLE_FOLDER}/${name}`, mode: READABLE, bytes };
}
