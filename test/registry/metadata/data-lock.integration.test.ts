/** One process at a time works on a data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath, pid } from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { DataFolderLockedError, lockDataFolder } from '../../../src/registry/metadata/data-lock.ts';
import { newFolder } from './new-database-path.ts';

const HOLDER = join(import.meta.dirname, 'lock-holder.ts');

async function startHolder(folder: string): Promise<ChildProcess> {
  const holder = spawn(execPath, [HOLDER, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  const [said] = await once(holder.stdout, 'data');
  expect(String(said)).toBe('locked well\n');
  return holder;
}

async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
}

it('refuses a second process and names the first, also while it holds on', async () => {
  const folder = await newFolder();
  const holder = await startHolder(folder);
  for (let attempt = 0; attempt < 2; attempt++) {
    const error = await failureOf(lockDataFolder(folder));
    expect(error).toBeInstanceOf(DataFolderLockedError);
    expect(error).toMatchObject({ code: 'DATA_FOLDER_LOCKED', pid: holder.pid });
    expect(String(error)).toContain(`${folder} is in use by process ${holder.pid} on `);
  }
});

it('is gone when the process was killed', async () => {
  const folder = await newFolder();
  const holder = await startHolder(folder);
  const exited = once(holder, 'exit');
  holder.kill('SIGKILL');
  await exited;
  await using _ = await lockDataFolder(folder);
  expect(await failureOf(lockDataFolder(folder))).toMatchObject({ pid });
});

it('is gone when the process gave it up', async () => {
  const folder = await newFolder();
  const holder = await startHolder(folder);
  const exited = once(holder, 'exit');
  holder.stdin?.end();
  expect(await exited).toEqual([0, null]);
  expect(await readdir(folder)).toEqual(['lock']);
  await using _ = await lockDataFolder(folder);
});

it('keeps others out of a folder that this process locked', async () => {
  const folder = await newFolder();
  const lock = await lockDataFolder(folder);
  const holder = spawn(execPath, [HOLDER, folder], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [said] = await once(holder.stderr, 'data');
  expect(String(said)).toContain('DataFolderLockedError');
  await once(holder, 'exit');
  await lock[Symbol.asyncDispose]();
  await startHolder(folder);
});

it('lets exactly one of several win that start at once', async () => {
  const folder = await newFolder();
  const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => lockDataFolder(folder)));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const attempt of attempts) if (attempt.status === 'fulfilled') await attempt.value[Symbol.asyncDispose]();
});

it('fails plainly in a folder that is not there', async () => {
  const error = await failureOf(lockDataFolder(join(await newFolder(), 'gone')));
  expect(error).not.toBeInstanceOf(DataFolderLockedError);
  expect(error).toBeInstanceOf(Error);
});
