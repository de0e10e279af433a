/** Stands in for the program: starts in the way its environment says. */
import process, { env, stdout } from 'node:process';

stdout.write('{"event":"before"}\nthe reason\n');
if (env['MANNER'] === 'silent') setInterval(() => {}, 1_000);
else if (env['MANNER'] === 'failing') process.exitCode = 3;
else process.send?.({ type: 'failed', kind: 'conflict', code: 'SOME_CODE', message: 'No.', hint: 'Do it.' });
