/** Records, credentials and locks on a real disk: private, whole, and gone when they should be. */
import { chmod, mkdir, mkdtempDisposable, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCredentials } from '../../src/state/credentials.ts';
import { drawPassword } from '../../src/state/password.ts';
import type { Folders } from '../../src/state/folders.ts';
import { lockName } from '../../src/state/name-lock.ts';
import { registryPaths } from '../../src/state/paths.ts';
import { openRecords } from '../../src/state/records.ts';
import { RECORD } from './sample-record.ts';

async function makeFolders(): Promise<Folders & AsyncDisposable> {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-state-'));
  return {
    data: join(temp.path, 'data'),
    state: join(temp.path, 'state'),
    cache: join(temp.path, 'cache'),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
const never = new AbortController().signal;

describe('records', () => {
  it('are found, listed, replaced and removed', async () => {
    await using folders = await makeFolders();
    const records = openRecords(folders);
    expect(await records.find('devreg')).toBeUndefined();
    expect(await records.list()).toEqual([]);
    const other = { ...RECORD, name: 'b' };
    await records.save(RECORD);
    await records.save(other);
    await records.save({ ...RECORD, process: undefined });
    expect(await records.list()).toEqual([other, { ...RECORD, process: undefined }]);
    await records.remove('devreg');
    await records.remove('devreg');
    expect(await records.list()).toEqual([other]);
    expect(await readdir(join(folders.state, 'registries'))).toEqual(['b']);
  });

  it('are for their owner alone, also where a folder was open before', async () => {
    await using folders = await makeFolders();
    const { folder, record } = registryPaths(folders, 'devreg');
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    await openRecords(folders).save(RECORD);
    expect(await modeOf(record)).toBe(0o600);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await readdir(folder)).toEqual(['record.json']);
  });

  it('leave alone what is no record, and name the file of one that is damaged', async () => {
    await using folders = await makeFolders();
    const records = openRecords(folders);
    await records.save(RECORD);
    await mkdir(join(folders.state, 'registries', 'Not a name'));
    await mkdir(join(folders.state, 'registries', 'empty'));
    expect(await records.list()).toEqual([RECORD]);
    const { record } = registryPaths(folders, 'devreg');
    await writeFile(record, '{');
    await expect(records.list()).rejects.toMatchObject({
      code: 'RECORD_DAMAGED',
      message: expect.stringContaining(record),
    });
  });
});

describe('credentials', () => {
  it('are kept in private files and go without a trace', async () => {
    await using folders = await makeFolders();
    const credentials = openCredentials(folders);
    expect(await credentials.find('devreg')).toBeUndefined();
    const secret = { password: drawPassword(), token: 'devreg_x' };
    await credentials.save('devreg', secret);
    expect(await credentials.find('devreg')).toEqual(secret);
    const { password, token, folder } = registryPaths(folders, 'devreg');
    expect([await modeOf(password), await modeOf(token), await modeOf(folder)]).toEqual([0o600, 0o600, 0o700]);
    await credentials.remove('devreg');
    expect(await readdir(join(folders.state, 'registries'))).toEqual([]);
  });

  it('outlive the record', async () => {
    await using folders = await makeFolders();
    const secret = { password: drawPassword(), token: 'devreg_x' };
    await openCredentials(folders).save('devreg', secret);
    await openRecords(folders).save(RECORD);
    await openRecords(folders).remove('devreg');
    expect(await openCredentials(folders).find('devreg')).toEqual(secret);
    expect(await openCredentials(folders).list()).toEqual(['devreg']);
  });

  it('are 32 letters and digits that differ each time', () => {
    const drawn = Array.from({ length: 200 }, drawPassword);
    expect(new Set(drawn).size).toBe(200);
    for (const password of drawn) expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(new Set(drawn.join('')).size).toBe(62);
  });
});

describe('the lock of a name', () => {
  it('lets one in at a time, and tells the next that it waits', async () => {
    await using folders = await makeFolders();
    const { lock } = registryPaths(folders, 'devreg');
    const order: string[] = [];
    const first = await lockName(lock, never, () => order.push('first waits'));
    const second = lockName(lock, never, () => order.push('second waits')).then((held) => {
      order.push('second has it');
      return held;
    });
    await expect.poll(() => order).toEqual(['second waits']);
    order.push('first leaves');
    first[Symbol.dispose]();
    (await second)[Symbol.dispose]();
    expect(order).toEqual(['second waits', 'first leaves', 'second has it']);
    expect(await modeOf(lock)).toBe(0o600);
  });

  it('is not waited for by one who is told to end', async () => {
    await using folders = await makeFolders();
    const { lock } = registryPaths(folders, 'devreg');
    using _held = await lockName(lock, never, () => {});
    const controller = new AbortController();
    const waiting = lockName(lock, controller.signal, () => controller.abort());
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
