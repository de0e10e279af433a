/** The built program, made anew when its source has changed, so that no test is of yesterday's. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, start } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What the build is made from. */
const SOURCES = ['src', 'rolldown.config.ts', 'package.json'];

let built: Promise<string> | undefined;

/** Builds what is older than its source. @returns the path of the program @throws ProgramFailed when it cannot be built */
export function buildProgram(): Promise<string> {
  built ??= buildIfStale();
  return built;
}

async function buildIfStale(): Promise<string> {
  const changes = await Promise.all(SOURCES.map(lastChange));
  if (Math.max(...changes) > (await changedAt(join(ROOT, 'dist/devreg.js')))) await build();
  return join(ROOT, 'bin/devreg.js');
}

async function build(): Promise<void> {
  const args = ['run', '--silent', '--prefix', ROOT, 'build'];
  const finished = await start('npm', args, { env: { PATH: process.env['PATH'] ?? '' } }).finished;
  if (finished.exitCode !== 0) throw failure('npm run build', finished);
}

/** @returns the time of the latest change of a file, or of any file in a folder */
async function lastChange(name: string): Promise<number> {
  const path = join(ROOT, name);
  if (!(await stat(path)).isDirectory()) return changedAt(path);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Math.max(...(await Promise.all(files.map(changedAt))));
}

/** @returns 0 for what is not there: not built yet, or deleted by now */
async function changedAt(path: string): Promise<number> {
  return (await stat(path, { throwIfNoEntry: false }))?.mtimeMs ?? 0;
}
