/** The program of a registry in a process of its own: told by a message what to open, it tells where it listens. */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { createLog } from '../../src/registry/log.ts';
import { openRegistry } from '../../src/registry/registry.ts';
import type { RegistryNews, RegistryOrder } from './registry-process.ts';
import { type Trouble, arrangeTrouble } from './registry-process-trouble.ts';

/** How long to wait when nobody has read what was written, in milliseconds. */
const PAUSE_MS = 2;

/** Descriptor 1 is a pipe: what is in it survives the process. A test that is busy may let it run full. */
const log = createLog((lines) => {
  let rest = Buffer.from(lines);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
});

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
