/** The machine's own file system keeps the contract, and does not follow what was planted. */
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../src/registry/storage/node-file-system.ts';
import { fileSystemContract } from './file-system-contract.ts';
import { newFolder } from './new-folder.ts';

describe('node', () => fileSystemContract(async () => ({ fileSystem: nodeFileSystem, folder: await newFolder() })));

it('follows no symbolic link', async () => {
  const folder = await newFolder();
  writeFileSync(`${folder}/target`, 'secret');
  mkdirSync(`${folder}/directory`);
  symlinkSync(`${folder}/target`, `${folder}/link`);
  symlinkSync(`${folder}/nowhere`, `${folder}/dangling`);
  symlinkSync(`${folder}/directory`, `${folder}/directory-link`);
  for (const name of ['link', 'dangling']) {
    const path = `${folder}/${name}`;
    expect(await nodeFileSystem.createFile(path)).toBeUndefined();
    expect(await nodeFileSystem.openFile(path, 'read')).toBeUndefined();
    expect(await nodeFileSystem.openFile(path, 'write')).toBeUndefined();
    expect(await nodeFileSystem.stat(path)).toBeUndefined();
    expect(await nodeFileSystem.unlink(path)).toBe(true);
  }
  await expect(nodeFileSystem.makeDirectory(`${folder}/directory-link`)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readFileSync(`${folder}/target`, 'utf8')).toBe('secret');
});

it('keeps what it makes to its owner', async () => {
  const folder = await newFolder();
  await nodeFileSystem.makeDirectory(`${folder}/directory`);
  await (await nodeFileSystem.createFile(`${folder}/file`))?.close();
  expect(statSync(`${folder}/directory`).mode & 0o777).toBe(0o700);
  expect(statSync(`${folder}/file`).mode & 0o777).toBe(0o600);
});
