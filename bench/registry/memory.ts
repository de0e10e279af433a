/** What memory sixteen pushes of 2 GB at the same time take. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { peakMemory, residentMemory } from './process-cost.ts';
import { type ServerName, startServer } from './servers.ts';

/** Bytes. */
export interface PushMemory {
  readonly server: ServerName;
  readonly idle: number;
  readonly peak: number;
}

const PUSHES = 16;
const SIZE = 2 * 1_024 * 1_024 * 1_024;
const PUSHER = join(import.meta.dirname, 'push-large.ts');

/** Measures; the disk needs room for all of it. */
export async function measurePushMemory(name: ServerName, root: string): Promise<PushMemory> {
  await using server = await startServer(name, root);
  const idle = await residentMemory(server.pid);
  const { port, authorization = '' } = server.client;
  const pushes = Array.from({ length: PUSHES }, async (_, index) => {
    const words = [PUSHER, String(port), `${server.prefix}push${index}`, String(SIZE), authorization];
    const [code] = await once(spawn(process.execPath, words, { stdio: 'inherit' }), 'exit');
    if (code !== 0) throw new Error(`A push failed with exit code ${code}.`);
  });
  await Promise.all(pushes);
  return { server: name, idle, peak: await peakMemory(server.pid) };
}
