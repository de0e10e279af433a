/** What every file system the store runs over does; keeps the fakes honest. */
import { expect, it } from 'vitest';
import type { FileSystem, OpenFile } from '../../../src/registry/storage/file-system.ts';

/**
 * The facts of a file system.
 * @param open gives a file system and the path of an empty directory in it
 */
export function fileSystemContract(
  open: () => Promise<{ readonly fileSystem: FileSystem; readonly folder: string }>,
): void {
  it('makes a file once', async () => {
    const { fileSystem, folder } = await open();
    const file = await fileSystem.createFile(`${folder}/a`);
    expect(file?.facts).toMatchObject({ size: 0, names: 1 });
    await file?.close();
    expect(await fileSystem.createFile(`${folder}/a`)).toBeUndefined();
    await expect(fileSystem.createFile(`${folder}/absent/a`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('writes many buffers, reads, cuts off and writes again', async () => {
    const { fileSystem, folder } = await open();
    const file = await newFile(fileSystem, `${folder}/a`);
    await file.write([], 0);
    await file.write([Buffer.alloc(0), Buffer.from('he'), Buffer.alloc(0), Buffer.from('llo')], 0);
    await file.write(
      Array.from({ length: 3000 }, (_, index) => Buffer.from([index % 256])),
      5,
    );
    expect((await read(file, 0, 9)).toString('latin1')).toBe('hello\0\x01\x02\x03');
    expect([...(await read(file, 3003, 9))]).toEqual([2998 % 256, 2999 % 256]);
    expect(await read(file, 3005, 9)).toHaveLength(0);
    expect(await read(file, 9999, 9)).toHaveLength(0);
    await file.truncate(4);
    await file.write([Buffer.from('p')], 4);
    expect((await read(file, 0, 9)).toString()).toBe('hellp');
    await file.sync();
    await file.close();
    expect(await fileSystem.stat(`${folder}/a`)).toMatchObject({ size: 5, names: 1 });
  });

  it('opens files that are there, and knows what they are', async () => {
    const { fileSystem, folder } = await open();
    await fileWith(fileSystem, `${folder}/a`, 'hello');
    for (const access of ['read', 'write'] as const) {
      const file = await fileSystem.openFile(`${folder}/a`, access);
      expect(file?.facts).toMatchObject({ size: 5, names: 1 });
      expect(Math.abs(Date.now() - (file?.facts.changedAt.getTime() ?? 0))).toBeLessThan(60_000);
      await file?.close();
      expect(await fileSystem.openFile(`${folder}/absent`, access)).toBeUndefined();
      expect(await fileSystem.openFile(`${folder}/a/b`, access)).toBeUndefined();
      expect(await fileSystem.openFile(folder, access)).toBeUndefined();
    }
    for (const path of ['/absent', '/a/b', '']) expect(await fileSystem.stat(`${folder}${path}`)).toBeUndefined();
  });

  it('renames over what is there, and leaves open files alone', async () => {
    const { fileSystem, folder } = await open();
    await fileWith(fileSystem, `${folder}/a`, 'new');
    await fileWith(fileSystem, `${folder}/b`, 'old');
    const old = await fileSystem.openFile(`${folder}/b`, 'read');
    await fileSystem.rename(`${folder}/a`, `${folder}/b`);
    expect(await fileSystem.list(folder)).toEqual(['b']);
    expect(await fileSystem.stat(`${folder}/b`)).toMatchObject({ size: 3, names: 1 });
    expect(old === undefined ? '' : (await read(old, 0, 9)).toString()).toBe('old');
    await old?.close();
    await expect(fileSystem.rename(`${folder}/a`, `${folder}/c`)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(fileSystem.rename(`${folder}/b`, `${folder}/absent/c`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('takes names away', async () => {
    const { fileSystem, folder } = await open();
    await fileWith(fileSystem, `${folder}/a`, 'hello');
    expect(await fileSystem.unlink(`${folder}/a`)).toBe(true);
    expect(await fileSystem.unlink(`${folder}/a`)).toBe(false);
    expect(await fileSystem.unlink(`${folder}/absent/a`)).toBe(false);
    await fileSystem.makeDirectory(`${folder}/directory`);
    await expect(fileSystem.unlink(`${folder}/directory`)).rejects.toThrow();
  });

  it('makes, lists and syncs directories', async () => {
    const { fileSystem, folder } = await open();
    expect(await fileSystem.makeDirectory(`${folder}/a/b`)).toBe('no-parent');
    expect(await fileSystem.makeDirectory(`${folder}/a`)).toBe('made');
    expect(await fileSystem.makeDirectory(`${folder}/a`)).toBe('there');
    await fileWith(fileSystem, `${folder}/a/file`, 'hello');
    await fileSystem.makeDirectory(`${folder}/a/b`);
    expect((await fileSystem.list(`${folder}/a`)).toSorted()).toEqual(['b', 'file']);
    expect(await fileSystem.list(`${folder}/absent`)).toEqual([]);
    expect(await fileSystem.list(`${folder}/a/file`)).toEqual([]);
    await expect(fileSystem.makeDirectory(`${folder}/a/file`)).rejects.toMatchObject({ code: 'EEXIST' });
    await fileSystem.syncDirectory(`${folder}/a`);
    await expect(fileSystem.syncDirectory(`${folder}/absent`)).rejects.toMatchObject({ code: 'ENOENT' });
  });
}

async function newFile(fileSystem: FileSystem, path: string): Promise<OpenFile> {
  const file = await fileSystem.createFile(path);
  if (file === undefined) throw new Error(`${path} is there already`);
  return file;
}

async function fileWith(fileSystem: FileSystem, path: string, text: string): Promise<void> {
  const file = await newFile(fileSystem, path);
  await file.write([Buffer.from(text)], 0);
  await file.close();
}

async function read(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const target = Buffer.alloc(length);
  return target.subarray(0, await file.read(target, position));
}
