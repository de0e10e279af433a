/** The file systems made for tests behave as the real one does, and forget and fail as they should. */
import { describe, expect, it } from 'vitest';
import { FailingFileSystem } from '../../support/fakes/failing-file-system.ts';
import { PowerLossFileSystem } from '../../support/fakes/power-loss-file-system.ts';
import { fileSystemContract } from './file-system-contract.ts';

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);
const BEFORE = 'a'.repeat(48);
const AFTER = 'b'.repeat(48);

describe('power loss', () => fileSystemContract(async () => ({ fileSystem: new PowerLossFileSystem(), folder: '/' })));

describe('failing', () =>
  fileSystemContract(async () => ({
    fileSystem: new FailingFileSystem(new PowerLossFileSystem(), () => undefined),
    folder: '/',
  })));

/** All that a file may hold after power cuts; undefined where it is gone. */
async function outcomes(fileSystem: PowerLossFileSystem, path: string): Promise<Set<string | undefined>> {
  const found = SEEDS.map(async (seed) => {
    const file = await fileSystem.crash(seed).openFile(path);
    if (file === undefined) return undefined;
    const target = Buffer.alloc(100);
    return target.toString('latin1', 0, await file.read(target, 0));
  });
  return new Set(await Promise.all(found));
}

async function fileOf(fileSystem: PowerLossFileSystem, path: string, text: string) {
  const file = await fileSystem.createFile(path);
  if (file === undefined) throw new Error(`${path} is there already`);
  await file.write([Buffer.from(text)], 0);
  return file;
}

it('may lose, keep, tear or zero what was not synced', async () => {
  const fileSystem = new PowerLossFileSystem();
  await fileOf(fileSystem, '/a', AFTER);
  await fileSystem.syncDirectory('/');
  const found = await outcomes(fileSystem, '/a');
  for (const outcome of ['', AFTER, '\0'.repeat(48), `${AFTER.slice(0, 16)}${'\0'.repeat(32)}`])
    expect(found).toContain(outcome);
  expect(found).not.toContain(undefined);
});

it('may lose a name that was not synced, but not bytes that were', async () => {
  const fileSystem = new PowerLossFileSystem();
  const file = await fileOf(fileSystem, '/a', AFTER);
  await file.sync();
  expect(await outcomes(fileSystem, '/a')).toEqual(new Set([undefined, AFTER]));
  await fileSystem.syncDirectory('/');
  expect(await outcomes(fileSystem, '/a')).toEqual(new Set([AFTER]));
});

it('may find a file that was moved under both names or none, until both directories are synced', async () => {
  const fileSystem = new PowerLossFileSystem();
  await fileSystem.makeDirectory('/from');
  await fileSystem.makeDirectory('/to');
  await fileSystem.syncDirectory('/');
  await (await fileOf(fileSystem, '/from/a', AFTER)).sync();
  await (await fileOf(fileSystem, '/to/a', BEFORE)).sync();
  for (const path of ['/from', '/to']) await fileSystem.syncDirectory(path);
  await fileSystem.rename('/from/a', '/to/a');
  expect(await outcomes(fileSystem, '/from/a')).toEqual(new Set([AFTER, undefined]));
  expect(await outcomes(fileSystem, '/to/a')).toEqual(new Set([AFTER, BEFORE]));
  await fileSystem.syncDirectory('/to');
  expect(await outcomes(fileSystem, '/from/a')).toEqual(new Set([AFTER, undefined]));
  expect(await outcomes(fileSystem, '/to/a')).toEqual(new Set([AFTER]));
  const both = await Promise.all(SEEDS.map(async (seed) => (await fileSystem.crash(seed).stat('/to/a'))?.names));
  expect(new Set(both)).toEqual(new Set([1, 2]));
});

it('goes on unchanged after it was asked what a power cut would leave', async () => {
  const fileSystem = new PowerLossFileSystem();
  await fileOf(fileSystem, '/a', AFTER);
  const left = fileSystem.crash(1);
  await left.unlink('/a');
  expect(await fileSystem.stat('/a')).toMatchObject({ size: 48 });
});

it('fails calls before or after their effect, and a write half way', async () => {
  for (const hasEffect of [false, true]) {
    const disk = new PowerLossFileSystem();
    const failing = new FailingFileSystem(disk, (call) => (call > 1 ? { code: 'ENOSPC', hasEffect } : undefined));
    const file = await failing.createFile('/a');
    await expect(file?.write([Buffer.from('abc'), Buffer.from('def')], 0)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await disk.stat('/a')).toMatchObject({ size: hasEffect ? 6 : 3 });
    await expect(failing.unlink('/a')).rejects.toMatchObject({ code: 'ENOSPC' });
    expect((await disk.list('/')).length).toBe(hasEffect ? 0 : 1);
    expect(failing.calls).toBe(3);
  }
});
