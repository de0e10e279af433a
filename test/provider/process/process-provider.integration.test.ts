/** Starts that fail, each in its own way, and what is said and left of them. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProcessProvider } from '../../../src/provider/process/process-provider.ts';
import type { StartRequest, StartedRegistry } from '../../../src/provider/provider.ts';
import { processesWith } from '../../cli/support/processes.ts';
import { RECORD } from '../../state/sample-record.ts';

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devreg-provider-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function start(
  folder: string,
  manner: string,
  changes: Partial<StartRequest> = {},
  signal = new AbortController().signal,
): Promise<StartedRegistry> {
  const script = join(import.meta.dirname, 'failing-starter.ts');
  const provider = createProcessProvider({ execPath, script, env: { ...env, MANNER: manner } }, hostname());
  const settings = { ...RECORD.settings, dataDir: folder };
  const files = {
    passwordFile: join(folder, 'password'),
    tokenFile: join(folder, 'token'),
    logFile: join(folder, 'log'),
  };
  return provider.start({ settings, ...files, tls: undefined, timeout: 30_000, ...changes }, signal);
}

describe('a process', () => {
  it('that ends without a word is explained by the end of its log', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'log'), 'of an earlier start\n', { mode: 0o600 });
    await expect(start(folder, 'failing')).rejects.toMatchObject({
      kind: 'failure',
      code: 'START_FAILED',
      message: "The registry's process ended with exit code 3 before it was ready.",
      hint: `The last it wrote to its log, ${join(folder, 'log')}:\n  {"event":"before"}\n  the reason`,
    });
    expect(await readFile(join(folder, 'log'), 'utf8')).toMatch(/^of an earlier start\n/);
  });

  it('that says why it fails is believed', async () => {
    await expect(start(await makeFolder(), 'honest')).rejects.toMatchObject({
      kind: 'conflict',
      code: 'SOME_CODE',
      message: 'No.',
      hint: 'Do it.',
    });
  });

  it('that never becomes ready is ended', async () => {
    const folder = await makeFolder();
    await expect(start(folder, 'silent', { timeout: 400 })).rejects.toMatchObject({
      kind: 'timeout',
      code: 'START_TIMEOUT',
      message: 'The registry was not ready within 0.4 seconds.',
    });
    expect(await processesWith(folder)).toEqual([]);
    expect((await stat(join(folder, 'log'))).mode & 0o777).toBe(0o600);
  });

  it('is ended when we are told to end', async () => {
    const folder = await makeFolder();
    const controller = new AbortController();
    const starting = start(folder, 'silent', {}, controller.signal);
    await expect.poll(() => processesWith(folder)).toHaveLength(1);
    controller.abort(new Error('enough'));
    await expect(starting).rejects.toThrow('enough');
    expect(await processesWith(folder)).toEqual([]);
  });

  it('that cannot be spawned is said so', async () => {
    const folder = await makeFolder();
    const provider = createProcessProvider({ execPath: join(folder, 'no-node'), script: '', env: {} }, hostname());
    const request = {
      settings: { ...RECORD.settings, dataDir: folder },
      passwordFile: '',
      tokenFile: '',
      logFile: join(folder, 'log'),
      tls: undefined,
      timeout: 5_000,
    };
    await expect(provider.start(request, new AbortController().signal)).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

it('puts a large log aside', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'log'), Buffer.alloc(11 * 1024 * 1024, 'x\n'));
  await expect(start(folder, 'failing')).rejects.toMatchObject({ code: 'START_FAILED' });
  expect((await stat(join(folder, 'log.old'))).size).toBe(11 * 1024 * 1024);
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('{"event":"before"}\nthe reason\n');
});
