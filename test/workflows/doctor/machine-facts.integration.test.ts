import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDisk, readInotify, readRegistriesFiles } from '../../../src/workflows/doctor/machine-facts.ts';

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

describe('a disk', () => {
  it('has room, or is somewhere else', async () => {
    const found = await readDisk(tmpdir());
    expect(found?.folder).toBe(tmpdir());
    expect(found?.freeBytes).toBeGreaterThan(0);
    expect(await readDisk('/nonexistent/folder')).toBeUndefined();
  });
});

describe('inotify', () => {
  it('is read where there is such a thing', async () => {
    await using temp = await mkdtempDisposable(join(tmpdir(), 'devreg-proc-'));
    expect(await readInotify(temp.path)).toBeUndefined();
    await write(join(temp.path, 'sys/fs/inotify/max_user_instances'), '128\n');
    await write(join(temp.path, 'sys/fs/inotify/max_user_watches'), '65536\n');
    expect(await readInotify(temp.path)).toEqual({ instances: 128, watches: 65_536 });
  });
});

describe('registries.conf', () => {
  it("is the user's own before the machine's, and all pieces of both", async () => {
    await using temp = await mkdtempDisposable(join(tmpdir(), 'devreg-conf-'));
    const [home, root] = [join(temp.path, 'home'), join(temp.path, 'root')];
    const machine = join(root, 'etc/containers/registries.conf');
    await write(machine, 'machine');
    await write(join(root, 'etc/containers/registries.conf.d/1.conf'), 'piece');
    await write(join(root, 'etc/containers/registries.conf.d/readme.txt'), 'none');
    const read = async (env = {}) => (await readRegistriesFiles(home, env, root)).map(({ text }) => text);
    expect(await read()).toEqual(['machine', 'piece']);
    await write(join(home, '.config/containers/registries.conf'), 'own');
    await write(join(home, '.config/containers/registries.conf.d/a.conf'), 'own piece');
    expect(await read()).toEqual(['own', 'own piece', 'piece']);
    expect(await read({ CONTAINERS_REGISTRIES_CONF: machine })).toEqual(['machine', 'own piece', 'piece']);
  });
});
