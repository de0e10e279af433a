/** What a scrub finds, beside a registry that serves and while none does. */
import { link, mkdtempDisposable, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Digest } from '../../src/oci/digest.ts';
import { scrubFolder } from '../../src/registry/folder-scrub.ts';
import { storagePaths } from '../../src/registry/storage/paths.ts';
import { blob, pushBlob, pushImage } from '../support/images.ts';
import { startRegistryIn } from '../support/registry-server.ts';

const BYTES_PER_SECOND = 2 ** 30;
const clock = { now: () => new Date(0) };

const newFolder = () => mkdtempDisposable(join(tmpdir(), 'devreg-scrub-'));

function scrub(dataDir: string, isDryRun = false) {
  return scrubFolder({ dataDir, isDryRun, bytesPerSecond: BYTES_PER_SECOND }, clock);
}

const GOOD = blob(Buffer.alloc(3_000_000, 'g'), 'sha512');
const FLIPPED = blob(Buffer.alloc(2_500_000, 'f'));
const CUT = blob('truncated');
const GONE = blob('missing');

it('finds a flipped bit, a truncated, a missing and a foreign file, and nothing else', async () => {
  await using folder = await newFolder();
  const { path: dataDir } = folder;
  await using registry = await startRegistryIn(dataDir, { mayFail: true });
  await pushImage(registry, 'app', { layers: [GOOD, FLIPPED, CUT, GONE], as: 'x' });
  expect(await scrub(dataDir)).toMatchObject({ findings: [] });
  const pathOf = (digest: Digest) => storagePaths(dataDir).blob(digest).path;
  const bytes = Buffer.from(FLIPPED.bytes);
  bytes[2_000_000] = (bytes[2_000_000] ?? 0) ^ 1;
  await writeFile(pathOf(FLIPPED.digest), bytes);
  await truncate(pathOf(CUT.digest), 3);
  await rm(pathOf(GONE.digest));
  await writeFile(join(dataDir, 'blobs/sha256/notes.txt'), '');
  await writeFile(join(dataDir, 'blobs/other'), '');
  await link(pathOf(GOOD.digest), join(pathOf(FLIPPED.digest), '..', 'f'.repeat(64)));

  const kinds = (await scrub(dataDir, true)).findings.map(({ kind, digest }) => `${kind} ${digest}`);
  const report = await scrub(dataDir);
  expect(report.findings.map(({ kind, digest }) => `${kind} ${digest}`)).toEqual(kinds);
  expect(kinds.toSorted()).toEqual(
    [
      `damaged ${FLIPPED.digest}`,
      `truncated ${CUT.digest}`,
      `missing ${GONE.digest}`,
      'foreign undefined',
      'foreign undefined',
      'foreign undefined',
    ].toSorted(),
  );
  expect(await readdir(join(dataDir, 'quarantine'))).toHaveLength(5);
  const { quarantined } = report.findings.find(({ kind }) => kind === 'damaged') ?? {};
  expect(await readFile(join(dataDir, String(quarantined)))).toEqual(bytes);
  expect((await registry.send({ method: 'GET', path: `/v2/app/blobs/${FLIPPED.digest}` })).status).toBe(404);

  const again = (await scrub(dataDir)).findings.map(({ kind, digest }) => `${kind} ${digest}`);
  expect(again.toSorted()).toEqual([FLIPPED, CUT, GONE].map(({ digest }) => `missing ${digest}`).toSorted());
  for (const lost of [FLIPPED, CUT, GONE]) await pushBlob(registry, 'app', lost);
  expect(await scrub(dataDir)).toMatchObject({ findings: [] });
});

it('looks while no registry serves, and leaves nothing behind', async () => {
  await using folder = await newFolder();
  const { path: dataDir } = folder;
  {
    await using registry = await startRegistryIn(dataDir);
    await pushImage(registry, 'app', { layers: [GOOD], as: 'x' });
  }
  expect(await scrub(dataDir)).toMatchObject({ findings: [], blobs: expect.any(Number) });
  expect(await readdir(dataDir)).not.toContain('quarantine');
  await using registry = await startRegistryIn(dataDir);
  expect((await registry.send({ method: 'GET', path: '/v2/app/manifests/x' })).status).toBe(200);
});

it('makes nothing in a folder that is none of a registry', async () => {
  await using folder = await newFolder();
  await expect(scrub(folder.path)).rejects.toMatchObject({ reason: 'folder-unusable' });
  expect(await readdir(folder.path)).toEqual([]);
});
