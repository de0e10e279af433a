/** The shared libraries that a program of this machine needs, as its own loader finds them. */
import { DevregError } from '../errors.ts';
import { CommandFailedError } from '../process/command-failed-error.ts';
import type { Runner } from '../process/runner.ts';
import { OWN_IMAGE_HINT } from './own-image-hint.ts';

/** `libc.so.6 => /lib/libc.so.6 (0x…)`, or `/lib64/ld-linux-x86-64.so.2 (0x…)` for the loader itself. */
const FOUND = /^\s*(?:\S+ => )?(\/.+) \(0x[0-9a-f]+\)$/;
const MISSING = /^\s*(\S+) => not found$/;

/**
 * Asks `ldd`.
 * @param program an absolute path
 * @returns absolute paths as the loader looks for them, the loader's own among them; none for a static program
 * @throws DevregError NODE_LIBRARIES_UNKNOWN
 */
export async function listSharedLibraries(program: string, runner: Pick<Runner, 'run'>): Promise<readonly string[]> {
  const output = await askLoader(program, runner);
  const lines = output.split('\n');
  const missing = lines.flatMap((line) => MISSING.exec(line)?.[1] ?? []);
  if (missing.length > 0) throw unknown(`${program} needs ${missing.join(', ')}, which ldd does not find.`);
  return [...new Set(lines.flatMap((line) => FOUND.exec(line)?.[1] ?? []))];
}

async function askLoader(program: string, runner: Pick<Runner, 'run'>): Promise<string> {
  try {
    return (await runner.run({ program: 'ldd', args: [program], env: { LC_ALL: 'C' } })).stdout;
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    const said = error.stderr.trim();
    if (said.endsWith('not a dynamic executable')) return '';
    throw unknown(`ldd does not say which libraries ${program} needs${said === '' ? '' : `: ${said}`}.`, error);
  }
}

function unknown(message: string, cause?: unknown): DevregError {
  return new DevregError('prerequisite', 'NODE_LIBRARIES_UNKNOWN', message, { hint: OWN_IMAGE_HINT, cause });
}
