/** What archives need of a machine, for tests. */
import { readdir } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { DevregError } from '../../src/errors.ts';
import type { ArchivePorts } from '../../src/archives/archive-ports.ts';

/** Ports without an engine, and with nothing on standard input. */
export function createArchivePorts(spoolFolder: string, more: Partial<ArchivePorts> = {}): ArchivePorts {
  return {
    engine: async () => {
      throw new DevregError('prerequisite', 'ENGINE_ABSENT', 'There is no engine.');
    },
    stdin: new PassThrough().end(),
    stdout: new PassThrough(),
    spoolFolder,
    ...more,
  };
}

/** Fails when something was left in a folder, also for tests that look at something else. */
export async function expectEmpty(folder: string): Promise<void> {
  const left = await readdir(folder);
  if (left.length > 0) throw new Error(`There is ${left.join(', ')} left in ${folder}.`);
}
