/** Who listens on a port, asked of the real system and of one that tells little. */
import { once } from 'node:events';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPortHolder } from '../../../src/provider/process/port-holder.ts';
import { describeProcess, findCommand } from '../../../src/provider/process/process-command.ts';

async function listen(host: string): Promise<number> {
  const server: Server = createServer().listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a port', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::1'])('that we listen on at %s is ours', async (host) => {
    expect(await findPortHolder(await listen(host))).toEqual({ pid, command: await findCommand(pid) });
  });

  it('that nobody listens on has no holder', async () => {
    expect(await findPortHolder(1)).toBeUndefined();
  });

  it('has no known holder where the system does not tell', async () => {
    expect(await findPortHolder(await listen('127.0.0.1'), join(tmpdir(), 'there-is-no-proc'))).toBeUndefined();
  });
});

describe('a command', () => {
  it('is cut, and cannot steer a terminal', async () => {
    await using proc = await mkdtempDisposable(join(tmpdir(), 'devreg-proc-'));
    await mkdir(join(proc.path, '7'));
    await writeFile(join(proc.path, '7/cmdline'), `evil\0\u001b[2Jx\n\u202e\0${'y'.repeat(200)}\0`);
    const command = await findCommand(7, proc.path);
    expect(command).toMatch(/^evil \?\[2Jx\?\? y+…$/);
    expect(command).toHaveLength(100);
    expect(await findCommand(8, proc.path)).toBeUndefined();
  });

  it('is told beside the number where it is known', () => {
    expect(describeProcess(7, 'node x')).toBe('process 7 (node x)');
    expect(describeProcess(7, undefined)).toBe('process 7');
  });
});
