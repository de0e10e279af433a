/** Who works on a data folder: what the lock says, not what a number says. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, pid } from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inspectFolder, stopProcess } from '../../../src/provider/process/occupant.ts';
import { identifyProcess, isGone } from '../../../src/provider/process/process-identity.ts';
import type { Subject } from '../../../src/provider/provider.ts';
import { lockDataFolder } from '../../../src/registry/metadata/data-lock.ts';
import { RECORD } from '../../state/sample-record.ts';

const HOST = hostname();
const never = new AbortController().signal;

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devreg-occupant-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function startHolder(folder: string, manner = ''): Promise<ChildProcess & { readonly pid: number }> {
  const holder = spawn(execPath, [join(import.meta.dirname, 'stubborn-holder.ts'), folder, manner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return Object.assign(holder, { pid: holder.pid ?? 0 });
}

function subjectOf(dataDir: string, holder: number | undefined): Subject {
  const process = holder === undefined ? undefined : { pid: holder, startedAt: '' };
  return { settings: { ...RECORD.settings, dataDir }, process };
}

describe('a registry', () => {
  it('is stopped where there is nothing, and nothing is made there', async () => {
    const folder = await makeFolder();
    expect(await inspectFolder(subjectOf(folder, pid), HOST)).toEqual({ state: 'stopped' });
    expect(await inspectFolder(subjectOf(join(folder, 'gone'), pid), HOST)).toEqual({ state: 'stopped' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is stopped when its process lives but does not hold the lock any more', async () => {
    const folder = await makeFolder();
    await (await lockDataFolder(folder))[Symbol.asyncDispose]();
    await writeFile(join(folder, 'lock.holder'), `${pid} ${HOST}\n`);
    expect(await inspectFolder(subjectOf(folder, pid), HOST)).toEqual({ state: 'stopped' });
  });

  it('runs while the recorded process holds the lock', async () => {
    const folder = await makeFolder();
    const holder = await startHolder(folder);
    expect(await inspectFolder(subjectOf(folder, holder.pid), HOST)).toEqual({ state: 'running' });
  });

  it('is occupied when another process holds the lock, here or elsewhere', async () => {
    const folder = await makeFolder();
    const holder = await startHolder(folder);
    const command = expect.stringContaining('stubborn-holder.ts');
    expect(await inspectFolder(subjectOf(folder, pid), HOST)).toEqual({
      state: 'occupied',
      occupant: { pid: holder.pid, host: undefined, command },
    });
    expect(await inspectFolder(subjectOf(folder, undefined), HOST)).toMatchObject({ state: 'occupied' });
    expect(await inspectFolder(subjectOf(folder, holder.pid), 'elsewhere')).toEqual({
      state: 'occupied',
      occupant: { pid: holder.pid, host: HOST, command: undefined },
    });
    await writeFile(join(folder, 'lock.holder'), '');
    expect(await inspectFolder(subjectOf(folder, holder.pid), HOST)).toMatchObject({
      state: 'occupied',
      occupant: { pid: undefined },
    });
  });
});

describe('stopping', () => {
  it('waits until the folder is free', async () => {
    const folder = await makeFolder();
    const holder = await startHolder(folder);
    expect(await stopProcess(subjectOf(folder, holder.pid), HOST, never)).toBe('ended');
    await using _lock = await lockDataFolder(folder);
  });

  it('waits for the end of the process, which comes after the end of its lock', async () => {
    const folder = await makeFolder();
    const holder = await startHolder(folder, 'lingering');
    expect(await stopProcess(subjectOf(folder, holder.pid), HOST, never)).toBe('ended');
    expect(await readdir(folder)).toContain('ended');
    expect(await isGone({ pid: holder.pid, startedAt: undefined })).toBe(true);
  });

  it('kills what does not end by itself', async () => {
    const folder = await makeFolder();
    const holder = await startHolder(folder, 'stubborn');
    const exited = once(holder, 'exit');
    expect(await stopProcess(subjectOf(folder, holder.pid), HOST, never, 100)).toBe('killed');
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('leaves a process alone that is not the recorded one', async () => {
    const folder = await makeFolder();
    const holder = await startHolder(folder);
    const other = await startHolder(await makeFolder());
    expect(await stopProcess(subjectOf(folder, other.pid), HOST, never)).toBe('ended');
    expect([holder.exitCode, holder.signalCode, other.exitCode, other.signalCode]).toEqual([null, null, null, null]);
    expect(await inspectFolder(subjectOf(folder, holder.pid), HOST)).toEqual({ state: 'running' });
  });

  it('gives up when told to', async () => {
    const folder = await makeFolder();
    const holder = await startHolder(folder, 'stubborn');
    const controller = new AbortController();
    const stopping = stopProcess(subjectOf(folder, holder.pid), HOST, controller.signal);
    controller.abort();
    await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a process', () => {
  it('is not the one that had its number before', async () => {
    const own = await identifyProcess(pid);
    expect(own.startedAt).toMatch(/^\d+$/);
    expect(await isGone(own)).toBe(false);
    expect(await isGone({ pid, startedAt: undefined })).toBe(false);
    expect(await isGone({ pid, startedAt: '1' })).toBe(true);
  });

  it('that ended is gone, whether or not anybody has asked how', async () => {
    const holder = await startHolder(await makeFolder());
    const identity = await identifyProcess(holder.pid);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await isGone(identity)).toBe(true);
  });
});
