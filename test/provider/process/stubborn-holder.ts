/** A process that locks a data folder, says so, and ends by SIGTERM: at once, some time after the lock, or not at all. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process, { argv, stdout } from 'node:process';
import { lockDataFolder } from '../../../src/registry/metadata/data-lock.ts';

/** How long a lingering one stays. */
const LINGER_MS = 300;

const [, , folder = '', manner] = argv;
const lock = await lockDataFolder(folder);
const timer = setInterval(() => {}, 1_000);
process.on('SIGTERM', () => void end());
stdout.write('locked\n');

async function end(): Promise<void> {
  if (manner === 'stubborn') {
    stdout.write('no\n');
    return;
  }
  await lock[Symbol.asyncDispose]();
  clearInterval(timer);
  if (manner === 'lingering') setTimeout(() => writeFileSync(join(folder, 'ended'), ''), LINGER_MS);
}
