/** A process that locks a data folder, says so, and keeps the lock until its standard input ends. */
import { once } from 'node:events';
import { argv, stdin, stdout } from 'node:process';
import { lockDataFolder } from '../../../src/registry/metadata/data-lock.ts';

await using lock = await lockDataFolder(argv[2] ?? '');
stdout.write(`locked ${lock === undefined ? 'badly' : 'well'}\n`);
stdin.resume();
await once(stdin, 'end');
