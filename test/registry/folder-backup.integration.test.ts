/** A backup that is made under load and restored elsewhere, and what keeps one from being restored (S1-30). */
import { mkdtempDisposable, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { digestOf, hexOf } from '../../src/oci/digest.ts';
import { writeBackupFile } from '../../src/registry/backup/backup-file.ts';
import { backupFolder } from '../../src/registry/folder-backup.ts';
import { restoreFolder } from '../../src/registry/folder-restore.ts';
import { collectFolder } from '../../src/registry/garbage-collection.ts';
import { createLog } from '../../src/registry/log.ts';
import { basicOf, newPassword } from '../support/accounts.ts';
import { blob, pushImage } from '../support/images.ts';
import { apiOf } from '../support/managed-registry.ts';
import { type TestRegistry, startRegistryIn } from '../support/registry-server.ts';

const SETTINGS = { gcLease: 1, gcInterval: 0 };

/** Long enough for most pushes; one that takes longer loses its blobs to the collection, and is no matter here. */
const LEASE_UNDER_LOAD = 100;

/** How long a collection gets that must not begin. */
const HELD_BACK_MS = 100;
const log = createLog(() => undefined);
const clock = { now: () => new Date() };

const newFolder = () => mkdtempDisposable(join(tmpdir(), 'devreg-backup-'));

function backUp(dataDir: string, file: string, earlier: readonly string[] = []) {
  return writeBackupFile(file, (sink) => backupFolder({ dataDir, earlier }, sink));
}

function restore(file: string, dataDir: string, earlier: readonly string[] = []) {
  const read = (path: string) => createReadStream(path, { highWaterMark: 100_000 });
  return restoreFolder({ dataDir, newest: read(file), earlier: earlier.map((path) => () => read(path)) });
}

function collect(dataDir: string) {
  const request = { isDryRun: false, deleteUntagged: true };
  return collectFolder({ dataDir, request, times: { lease: 1, uploadIdle: 60_000 } }, { clock, log });
}

/** Reads every image of a registry whole. @returns the names with their tags; each digest was compared */
async function readEverything(registry: TestRegistry, authorization: string): Promise<string[]> {
  const get = async (path: string) => {
    const reply = await fetch(`http://${registry.host}/v2/${path}`, { headers: { authorization } });
    expect(reply.status, path).toBe(200);
    return Buffer.from(await reply.arrayBuffer());
  };
  const json = async (path: string) => JSON.parse((await get(path)).toString());
  const found: string[] = [];
  for (const name of (await json('_catalog?n=10000')).repositories) {
    for (const tag of (await json(`${name}/tags/list`)).tags) {
      const manifest = JSON.parse((await get(`${name}/manifests/${tag}`)).toString());
      for (const { digest } of [manifest.config, ...manifest.layers])
        expect(digestOf(await get(`${name}/blobs/${digest}`), digest.split(':')[0])).toBe(digest);
      found.push(`${name}:${tag}`);
    }
  }
  return found.toSorted();
}

it('has everything that was there, while others push, delete and collect garbage', async () => {
  await using folder = await newFolder();
  const [data, copy, file] = ['data', 'copy', 'backup.tar'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  const root = { name: 'root', password: newPassword(), token: undefined };
  const admin = basicOf('root', root.password);
  const headers = { authorization: admin };
  const before: string[] = [];
  const ann = newPassword();
  let token = '';
  {
    await using registry = await startRegistryIn(data, { ...SETTINGS, gcLease: LEASE_UNDER_LOAD, users: [root] });
    const api = apiOf(registry);
    await api('POST users', admin, { name: 'ann', password: ann });
    await api('DELETE permissions?grantee=anonymous&pattern=**', admin);
    await api('POST permissions', admin, { grantee: 'ann', pattern: 'early/**', actions: ['pull'] });
    ({ token } = (await api('POST users/ann/tokens', admin, { name: 'ci' })).json as { readonly token: string });
    for (let number = 0; number < 20; number++) {
      const layers = [blob(`early ${number}`), blob(Buffer.alloc(300_000, number), number % 2 ? 'sha512' : 'sha256')];
      await pushImage(registry, `early/${number}`, { layers, as: 'x', headers });
      before.push(`early/${number}:x`);
    }
    const over = new AbortController();
    const write = async (writer: number) => {
      for (let number = 0; !over.signal.aborted; number++) {
        const name = `late/${writer}-${number}`;
        const layers = [blob(`${name} ${'y'.repeat(50_000)}`)];
        const pushed = await pushImage(registry, name, { layers, as: 'x', headers }).catch(() => undefined);
        const path = `/v2/${name}/manifests/${pushed?.digest}`;
        if (pushed !== undefined && number % 2 === 1) await registry.send({ method: 'DELETE', path, headers });
      }
    };
    const collectAgainAndAgain = async () => {
      while (!over.signal.aborted) await collect(data);
    };
    const load = Promise.all([write(1), write(2), write(3), write(4), collectAgainAndAgain()]);
    for (let round = 0; round < 3; round++) expect(await backUp(data, file)).toMatchObject({ lost: [] });
    over.abort();
    await load;
    expect((await readdir(join(data, 'incoming'))).length).toBe(0);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await restore(file, copy)).toMatchObject({ lost: 0 });
  await using restored = await startRegistryIn(copy, SETTINGS);
  const found = await readEverything(restored, admin);
  expect(found).toEqual(expect.arrayContaining(before));
  expect(found.length).toBeGreaterThan(before.length);
  for (const authorization of [basicOf('ann', ann), basicOf('ann', token)])
    expect(await readEverything(restored, authorization)).toEqual(before.toSorted());
  expect((await restored.send({ method: 'GET', path: '/v2/early/1/tags/list' })).status).toBe(401);
});

it('keeps a collection waiting that is asked for meanwhile', async () => {
  await using folder = await newFolder();
  const data = join(folder.path, 'data');
  await using registry = await startRegistryIn(data, SETTINGS);
  const { digest } = await pushImage(registry, 'app', { layers: [blob('deleted meanwhile')], as: 'x' });
  const events: string[] = [];
  let collecting: Promise<unknown> | undefined;
  const report = await backupFolder({ dataDir: data, earlier: [] }, async () => {
    if (collecting !== undefined) return;
    await registry.send({ method: 'DELETE', path: `/v2/app/manifests/${digest}` });
    collecting = collect(data).then(({ blobs }) => void events.push(`collected ${blobs}`));
    await Promise.race([collecting, setTimeout(HELD_BACK_MS)]);
  });
  events.push(`backed up ${report.blobs}`);
  await collecting;
  expect(events).toEqual(['backed up 2', 'collected 2']);
});

it('leaves out what earlier backups have, of a registry that stands still, and needs them again', async () => {
  await using folder = await newFolder();
  const [data, one, two, three] = ['data', '1.tar', '2.tar', '3.tar'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const [file, number] of [
    [one, 1],
    [two, 2],
    [three, 3],
  ] as const) {
    {
      await using registry = await startRegistryIn(data, SETTINGS);
      await pushImage(registry, 'app', { layers: [blob(`layer ${number}`)], as: `v${number}` });
    }
    const earlier = [one, two].slice(0, number - 1);
    expect(await backUp(data, file, earlier)).toMatchObject({
      blobs: number === 1 ? 2 : 1,
      earlier: number - 1 + Number(number > 1),
    });
  }
  const copy = join(folder.path, 'copy');
  await expect(restore(three, copy, [one])).rejects.toMatchObject({ reason: 'incomplete' });
  expect(await readdir(folder.path)).not.toContain('copy');
  expect(await restore(three, copy, [two, one])).toMatchObject({ blobs: 4, lost: 0 });
  await using registry = await startRegistryIn(copy, SETTINGS);
  expect(await readEverything(registry, '')).toEqual(['app:v1', 'app:v2', 'app:v3']);
});

it('goes without what is lost, and says so', async () => {
  await using folder = await newFolder();
  const [data, file, copy] = ['data', 'backup.tar', 'copy'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  const damaged = blob('layer');
  {
    await using registry = await startRegistryIn(data, SETTINGS);
    await pushImage(registry, 'app', { layers: [damaged], as: 'x' });
  }
  const hex = hexOf(damaged.digest);
  await writeFile(join(data, 'blobs/sha256', hex.slice(0, 2), hex), 'LAYER');
  expect(await backUp(data, file)).toMatchObject({ blobs: 1, lost: [damaged.digest] });
  expect(await restore(file, copy)).toMatchObject({ blobs: 1, lost: 1 });
});

it('restores nothing from a file in which a byte is wrong, or that is cut off', async () => {
  await using folder = await newFolder();
  const [data, file, bad] = ['data', 'backup.tar', 'bad.tar'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  {
    await using registry = await startRegistryIn(data, SETTINGS);
    await pushImage(registry, 'app', { layers: [blob(Buffer.alloc(5_000, 'z'))], as: 'x' });
  }
  await backUp(data, file);
  const whole = await readFile(file);
  const copy = join(folder.path, 'copy');
  const tryBytes = async (bytes: Buffer) => {
    await writeFile(bad, bytes);
    await expect(restore(bad, copy)).rejects.toMatchObject({ name: 'BackupError' });
    expect(await readdir(folder.path)).not.toContain('copy');
  };
  const places = [whole.indexOf('zzzz') + 99, whole.indexOf('SQLite format') + 5, whole.indexOf('"database"') + 20, 0];
  for (const at of places) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ 4;
    await tryBytes(flipped);
  }
  const end = whole.indexOf('end.json') + 600;
  for (let length = 0; length < end; length += Math.ceil(end / 12)) await tryBytes(whole.subarray(0, length));
  await expect(restore(file, folder.path)).rejects.toMatchObject({ reason: 'folder-not-empty' });
  await restore(file, copy);
});
