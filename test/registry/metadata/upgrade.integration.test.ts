/** A schema changes: the database as it was stays beside it, whatever happens in between, and can be gone back to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { openContent } from '../../../src/registry/metadata/content/content.ts';
import { openDatabase } from '../../../src/registry/metadata/database.ts';
import { GroupCommit } from '../../../src/registry/metadata/group-commit.ts';
import { MIGRATIONS, migrate } from '../../../src/registry/metadata/migrate.ts';
import { NO_SYNC } from '../../../src/registry/metadata/wal-sync.ts';
import { repositoryName, tagOf } from '../../support/contracts/metadata-samples.ts';
import { startRegistryIn } from '../../support/registry-server.ts';
import { mountSmallDisk } from '../../torture/small-disk.ts';
import { converse } from '../../support/wire-table.ts';
import { newFolder } from './new-database-path.ts';
import { INDEX, LAYER, lookAt, writeOlderFolder } from './older-folder.ts';

const KILLER = join(import.meta.dirname, 'upgrade-killer.ts');
const NEWEST = MIGRATIONS.length;
const OLDER = Array.from({ length: NEWEST - 1 }, (_, index) => index + 1);

const copiesIn = async (folder: string) => (await readdir(folder)).filter((name) => name.includes('.schema-'));

/** What was pushed before is there, and more can be pushed. */
async function expectServed(folder: string): Promise<readonly unknown[]> {
  await using registry = await startRegistryIn(folder);
  await converse(registry, [
    { ask: 'GET /v2/team/app/manifests/v1', status: 200, is: INDEX.toString() },
    { ask: `GET /v2/team/app/blobs/${digestOf(LAYER)}`, status: 200, is: LAYER.toString() },
    { ask: `POST /v2/team/app/blobs/uploads/?digest=${digestOf('new')}`, body: 'new', status: 201 },
  ]);
  return registry.log.filter(({ event }) => event === 'metadata.upgraded').map(({ fields }) => fields);
}

/** As the program of that schema would: with the statements about content, which know no later table. */
async function readAsOlder(path: string, schema: number): Promise<string | undefined> {
  using database = new DatabaseSync(path);
  migrate(database, path, MIGRATIONS.slice(0, schema));
  await using writes = new GroupCommit({ database, sync: NO_SYNC });
  const manifest = await openContent(database, writes).findManifest(repositoryName('team/app'), tagOf('v1'));
  return manifest === undefined ? undefined : Buffer.from(manifest.bytes).toString();
}

describe.each(OLDER)('a folder of schema %i', (schema) => {
  it('is upgraded, keeps the database as it was, and can be taken back to it', async () => {
    const folder = await newFolder();
    const path = await writeOlderFolder(folder, schema);
    const backup = `${path}.schema-${schema}`;
    expect(await expectServed(folder)).toEqual([{ from: schema, to: NEWEST, backup }]);
    expect(lookAt(path)).toEqual({ schema: NEWEST, check: 'ok' });
    expect(lookAt(backup)).toEqual({ schema, check: 'ok' });
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    expect(await expectServed(folder)).toEqual([]);

    for (const part of ['-wal', '-shm']) await rm(path + part, { force: true });
    await rename(backup, path);
    expect(await readAsOlder(path, schema)).toBe(INDEX.toString());
    expect(lookAt(path).schema).toBe(schema);
    expect(await expectServed(folder)).toHaveLength(1);
  });
});

describe.each(['before', 'copying', 'copied', 'changing', 'changed'])('killed %s the upgrade', (moment) => {
  it('leaves a database that opens, and what it was before', async () => {
    const folder = await newFolder();
    const path = await writeOlderFolder(folder, 2);
    const child = spawn(execPath, [KILLER, path, moment], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    await expectServed(folder);
    expect(await copiesIn(folder)).toEqual(['metadata.db.schema-2']);
    expect(lookAt(`${path}.schema-2`)).toEqual({ schema: 2, check: 'ok' });
    expect(lookAt(path)).toEqual({ schema: NEWEST, check: 'ok' });
  });
});

it('keeps one generation', async () => {
  const folder = await newFolder();
  const path = await writeOlderFolder(folder, 1);
  openDatabase(path, { keepsBackup: true, migrations: MIGRATIONS.slice(0, 2) }).close();
  expect(await copiesIn(folder)).toEqual(['metadata.db.schema-1']);
  await writeFile(`${path}.schema-2.unfinished`, 'what a crash left');
  openDatabase(path, { keepsBackup: true }).close();
  expect(await copiesIn(folder)).toEqual(['metadata.db.schema-2']);
});

it('needs none for a new database', async () => {
  const folder = await newFolder();
  await using _registry = await startRegistryIn(folder);
  expect(await copiesIn(folder)).toEqual([]);
});

it('changes nothing where there is no room for a copy', async () => {
  await using disk = await mountSmallDisk(8);
  const path = await writeOlderFolder(await newFolder(), 2);
  await cp(path, join(disk.path, 'metadata.db'));
  const upgrade = async () => {
    const [program = '', ...entering] = disk.entering;
    const args = [...entering, execPath, KILLER, join(disk.innerPath, 'metadata.db')];
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe'] });
    const complaint = text(child.stderr);
    return { code: (await once(child, 'exit'))[0], complaint: await complaint };
  };
  const left = async () => {
    await cp(join(disk.path, 'metadata.db'), path);
    return lookAt(path);
  };
  // Room for the index of the log, and not for a copy.
  disk.takeBytes(32 * 1024 + 8 * 4096);
  expect(await upgrade()).toMatchObject({ code: 1, complaint: expect.stringContaining('its schema is left as it is') });
  expect(await copiesIn(disk.path)).toEqual([]);
  disk.giveBack();
  expect(await left()).toEqual({ schema: 2, check: 'ok' });
  expect(await upgrade()).toEqual({ code: 0, complaint: '' });
  expect(await left()).toEqual({ schema: NEWEST, check: 'ok' });
});
