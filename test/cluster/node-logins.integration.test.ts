/** Logins are written by a real shell, into a folder for each node; what restarts kubelets is played. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtempDisposable, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { writeNodeLogins } from '../../src/cluster/node-logins.ts';
import { createMemoryEngine } from '../support/fakes/memory-engine.ts';

const NODES = ['dev-control-plane', 'dev-worker'].map((name) => ({ name }));
const LOGINS = `{"auths":{"quay.io":{"auth":"${btoa("u:it's $p")}"}}}\n`;
const { signal } = new AbortController();

async function openNodes() {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-logins-'));
  const folderOf = (node: string) => join(temp.path, node);
  const programs = join(temp.path, 'bin');
  const asked = join(temp.path, 'asked');
  await mkdir(programs);
  await writeFile(join(programs, 'systemctl'), `#!/bin/sh\necho "$*" >> '${asked}'\n`);
  await chmod(join(programs, 'systemctl'), 0o755);
  await writeFile(asked, '');
  const engine = createMemoryEngine({
    containers: NODES.map(({ name }) => ({ name, isRunning: true, labels: {}, ports: [] })),
    exec: async ({ container, command: [program = '', ...args] }, input) => {
      const here = args.map((arg) => arg.replace(/^\/var\/lib\/kubelet/, folderOf(container)));
      const env = { PATH: [programs, process.env['PATH']].join(delimiter) };
      const running = promisify(execFile)(program, here, { env });
      running.child.stdin?.end(input);
      return (await running).stdout;
    },
  });
  return {
    write: (logins: string, isRunning: boolean) => writeNodeLogins(engine, NODES, logins, isRunning, signal),
    file: (node: string) => join(folderOf(node), 'config.json'),
    files: (node: string) => readdir(folderOf(node)),
    restarts: async () => (await readFile(asked, 'utf8')).split('\n').filter((line) => line !== ''),
    [Symbol.asyncDispose]: () => temp.remove(),
  };
}

it('are on each node, for its kubelet alone, and nothing else is', async () => {
  await using nodes = await openNodes();
  await nodes.write(LOGINS, false);
  for (const { name } of NODES) {
    expect(await readFile(nodes.file(name), 'utf8')).toBe(LOGINS);
    expect((await stat(nodes.file(name))).mode & 0o777).toBe(0o600);
    expect(await nodes.files(name)).toEqual(['config.json']);
  }
  expect(await nodes.restarts()).toEqual([]);
});

it('are read by a kubelet that runs, which is started again where they are others', async () => {
  await using nodes = await openNodes();
  await nodes.write(LOGINS, true);
  expect(await nodes.restarts()).toEqual(['try-restart kubelet', 'try-restart kubelet']);
  await nodes.write(LOGINS, true);
  expect(await nodes.restarts()).toHaveLength(2);
  await nodes.write('{}\n', true);
  expect(await nodes.restarts()).toHaveLength(4);
  expect(await readFile(nodes.file('dev-worker'), 'utf8')).toBe('{}\n');
  expect(await nodes.files('dev-worker')).toEqual(['config.json']);
});
