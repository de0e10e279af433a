/** ^C on a real terminal, where steps are animated and others listen for signals too. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { execPath } from 'node:process';
import { expect, it } from 'vitest';
import { processesWith } from './support/processes.ts';
import { ANY_PORTS } from './support/registry.ts';
import { treeOf } from './support/tree.ts';
import { ENV, SCRIPT, makeWorld } from './support/world.ts';

/** Runs its command on a terminal of its own; part of util-linux. */
const TERMINAL = '/usr/bin/script';

const CONTROL_C = '\u0003';

it.skipIf(!existsSync(TERMINAL))('undoes what was begun, and leaves the cursor to be seen', async () => {
  await using world = await makeWorld();
  const command = `stty cols 100 rows 40; exec ${execPath} ${SCRIPT} create ${ANY_PORTS.join(' ')}`;
  const env = { ...ENV, PATH: '/usr/bin:/bin', HOME: world.home, TERM: 'xterm', SHELL: '/bin/sh' };
  const terminal = spawn(TERMINAL, ['--quiet', '--return', '--command', command, '/dev/null'], {
    env,
    cwd: world.home,
  });
  let shown = '';
  terminal.stdout.on('data', (text) => {
    shown += String(text);
    if (shown.includes('Starting') && !shown.includes('^C')) terminal.stdin.write(CONTROL_C);
  });
  const [code] = await once(terminal, 'close');
  expect({ code, shown }).toEqual({
    code: 130,
    shown: expect.stringContaining('Stopping; ^C once more ends at once.'),
  });
  expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'));
  expect(shown.lastIndexOf('\u001b[?25l')).toBeGreaterThan(-1);
  expect(Object.keys(await treeOf(world.home)).filter((name) => /registries\/|\.config/.test(name))).toEqual([]);
  expect(await processesWith(world.home)).toEqual([]);
});
