/** Finds programs on the PATH, as a shell would. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join, sep } from 'node:path';

/**
 * Finds a program. The working folder, which an empty entry of the PATH stands for, is passed over.
 * @param program its name, or a path, which is only looked at
 * @returns the path of the first one that is a file and may be run, or undefined
 */
export async function findProgram(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const path = env['PATH'] ?? env['Path'] ?? '';
  const folders = program.includes(sep) ? [''] : path.split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    for (const ending of endings(env)) {
      const file = join(folder, `${program}${ending}`);
      if (await mayRun(file)) return file;
    }
  }
  return undefined;
}

/** Windows names in PATHEXT what it runs without its ending being typed. */
function endings(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return process.platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.EXE;.CMD;.BAT;.COM').split(';')] : [''];
}

async function mayRun(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
