/** The program of a registry in a process of its own: told by a message what to open, it tells where it listens. */
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { createLog } from '../../src/registry/log.ts';
import { openRegistry } from '../../src/registry/registry.ts';
import { writeToPipe } from './write-to-pipe.ts';
import type { RegistryNews, RegistryOrder } from './registry-process.ts';
import { type Trouble, arrangeTrouble } from './registry-process-trouble.ts';

/** What is written survives the process. */
const log = createLog((lines) => writeToPipe(lines));

/** A registry whose parent is gone is of no use to anybody. */
const isToldToEnd = Promise.race([once(process, 'SIGTERM'), once(process, 'disconnect')]);

process.once('message', (order: RegistryOrder) => void serve(order));

async function serve({ config, trouble }: RegistryOrder): Promise<void> {
  try {
    if (trouble !== undefined) arrangeTrouble(trouble);
    await using registry = await openRegistry(config, { log, clock: { now: () => new Date() } });
    process.on('message', (later: Trouble) => {
      arrangeTrouble(later);
      tell({ isInTrouble: true });
    });
    tell({ ports: registry.addresses.map(({ port }) => port) });
    flushCompileCache();
    await isToldToEnd;
  } catch (error) {
    tell({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

function tell(news: RegistryNews): void {
  process.send?.(news);
}
