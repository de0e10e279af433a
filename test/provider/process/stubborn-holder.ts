/** A process that locks a data folder, says so, and does not end by SIGTERM when it is told to be stubborn. */
import process, { argv, stdout } from 'node:process';
import { lockDataFolder } from '../../../src/registry/metadata/data-lock.ts';

const [, , folder = '', manner] = argv;
const lock = await lockDataFolder(folder);
process.on(
  'SIGTERM',
  () =>
    void (manner === 'stubborn' ? stdout.write('no\n') : lock[Symbol.asyncDispose]().then(() => clearInterval(timer))),
);
const timer = setInterval(() => {}, 1_000);
stdout.write('locked\n');
