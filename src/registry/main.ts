/** The container's door: settings from the environment, the registry, a signal, the end. */
import { once } from 'node:events';
import type { RegistryConfig } from './config.ts';
import { REGISTRY_DEFAULTS } from './defaults.ts';
import { readEnvironment } from './environment.ts';
import { createLog } from './log.ts';
import { openRegistry } from './registry.ts';

/** Where Distribution's image keeps its data, and where volumes are mounted. */
const DATA_DIR = '/var/lib/registry';

/** Exit code of wrong usage. */
const USAGE = 2;

const log = createLog((lines) => void process.stdout.write(lines));
const { settings, problems, ignored } = readEnvironment(process.env);
if (problems.length > 0) {
  for (const problem of problems) log.error('environment.refused', { problem });
  process.exitCode = USAGE;
} else {
  await serve({
    ...REGISTRY_DEFAULTS,
    dataDir: DATA_DIR,
    listen: [{ host: '0.0.0.0', port: 5000 }],
    // As with the image it stands in for, whoever reaches the container may write.
    anonymousPush: true,
    ...settings,
  });
}

async function serve(config: RegistryConfig): Promise<void> {
  if (ignored.length > 0) log.warn('environment.ignored', { names: ignored.join(' ') });
  log.warn('open', { meaning: 'Anybody who reaches this registry may push and delete.' });
  const signal = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await using _registry = await openRegistry(config, { log, clock: { now: () => new Date() } });
  await signal;
}
