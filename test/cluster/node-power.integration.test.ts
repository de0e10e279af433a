/** What is asked of nodes around a stop and a start, by real shells with programs that stand in for the node's. */
import { execFile } from 'node:child_process';
import { chmod, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { drainRegistry } from '../../src/cluster/node-drain.ts';
import { awaitReach } from '../../src/cluster/node-reach.ts';
import { readNodeStarts } from '../../src/cluster/node-start.ts';
import { type ExecHandler, createMemoryEngine } from '../support/fakes/memory-engine.ts';

const NODE = 'dev-control-plane';
const stop = () => AbortSignal.timeout(20_000);

const engineWith = (exec: ExecHandler) =>
  createMemoryEngine({ containers: [{ name: NODE, isRunning: true, labels: {}, ports: [] }], exec });

/** Runs what is asked for on this machine. */
const byShell =
  (path = process.env['PATH']): ExecHandler =>
  async ({ command: [program = '', ...args] }, input) => {
    const running = promisify(execFile)(program, args, { env: { PATH: path } });
    // What does not read may have ended by now.
    running.child.stdin?.on('error', () => {}).end(input);
    return (await running).stdout;
  };

/** A node's `ctr` and `systemctl`; the task ends after it was asked so many times whether it runs. */
async function openNode({ asks, containers = 'c1' }: { readonly asks: number; readonly containers?: string }) {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-node-'));
  const install = async (name: string, text: string) => {
    await writeFile(join(temp.path, name), `#!/bin/sh\ncd '${temp.path}'\n${text}\n`);
    await chmod(join(temp.path, name), 0o755);
  };
  await install('systemctl', 'echo "systemctl $*" >> log');
  await install(
    'ctr',
    `echo "ctr $*" >> log
case "$*" in
  *'containers ls'*) echo '${containers}' ;;
  *'tasks ls'*) echo ask >> asks; echo 'TASK PID STATUS'; [ $(wc -l < asks) -gt ${asks} ] || echo 'c1   12   RUNNING' ;;
esac
echo 'time="…" level=warning msg="cgroup v1"' >&2`,
  );
  const path = `${temp.path}:${process.env['PATH']}`;
  const log = async () => (await readFile(join(temp.path, 'log'), 'utf8')).split('\n').filter((line) => line !== '');
  return { engine: engineWith(byShell(path)), log, [Symbol.asyncDispose]: () => temp.remove() };
}

describe('the registry of a node', () => {
  it('is asked to end after the kubelet, and waited for', async () => {
    await using node = await openNode({ asks: 3 });
    expect(await drainRegistry(node.engine, NODE, stop())).toBe(true);
    const log = await node.log();
    expect(log[0]).toBe('systemctl stop kubelet');
    expect(log[1]).toContain('labels."io.kubernetes.container.name"==registry');
    expect(log[2]).toBe('ctr --namespace k8s.io tasks kill --signal SIGTERM c1');
    expect(log.filter((line) => line.includes('tasks ls')).length).toBeGreaterThan(3);
  });

  it('that does not end is told of', async () => {
    await using node = await openNode({ asks: 1_000_000 });
    expect(await drainRegistry(node.engine, NODE, stop())).toBe(false);
  });

  it('that does not run is fine', async () => {
    await using node = await openNode({ asks: 0, containers: '' });
    expect(await drainRegistry(node.engine, NODE, stop())).toBe(true);
  });
});

describe('when a node was started', () => {
  it('is read from its first process, whatever that is called', async () => {
    const stat = `1 (a) b) R ${[...Array(18).keys()].join(' ')} 12345 more`;
    const engine = engineWith(() => `${stat}\ncpu 1 2 3\nbtime 1700000000\nprocesses 9\n`);
    expect(await readNodeStarts(engine, [{ name: NODE }], stop())).toEqual(
      new Map([[NODE, new Date(1_700_000_123_000)]]),
    );
  });

  it('is some time before now on this machine', async () => {
    const start = (await readNodeStarts(engineWith(byShell()), [{ name: NODE }], stop())).get(NODE);
    expect(start?.getTime()).toBeLessThanOrEqual(Date.now());
    expect(start?.getTime()).toBeGreaterThan(0);
  });

  it('is not known where the kernel does not tell', async () => {
    expect(
      await readNodeStarts(
        engineWith(() => ''),
        [{ name: NODE }],
        stop(),
      ),
    ).toEqual(new Map());
  });
});

describe('the way to the registry', () => {
  it('is waited for until there is one', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => void probe.close(resolve));
    const engine = engineWith(byShell());
    const answers = [
      'HTTP/1.1 200 OK\r\n\r\n',
      'HTTP/1.1 401 No\r\nDocker-Distribution-Api-Version: registry/2.0\r\n\r\n',
    ];
    const server = createServer((socket) => socket.once('data', () => socket.end(answers.shift() ?? '')));
    const reached = awaitReach(engine, [{ name: NODE }], { address: '127.0.0.1', port }, stop());
    const soon = new Promise<string>((resolve) => void setImmediate(resolve, 'not yet'));
    expect(await Promise.race([reached, soon])).toBe('not yet');
    server.listen(port, '127.0.0.1');
    await reached;
    expect(answers).toEqual([]);
    await new Promise((resolve) => void server.close(resolve));
  });

  it('is waited for no longer than the signal says', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const engine = engineWith(async () => (controller.abort(reason), ''));
    await expect(
      awaitReach(engine, [{ name: NODE }], { address: '127.0.0.1', port: 1 }, controller.signal),
    ).rejects.toBe(reason);
  });
});
