/** `delete`: what goes, what stays, and what is not its business. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { basic, listImages, pushImage } from './support/image.ts';
import { processesWith } from './support/processes.ts';
import { ANY_PORTS, create, secretOf, urlOf } from './support/registry.ts';
import { treeOf } from './support/tree.ts';
import { ENV, makeWorld, normalise } from './support/world.ts';

const CERTS = '.config/containers/certs.d';

it('leaves the trust of clients byte for byte as it was before', async () => {
  await using world = await makeWorld();
  const own = join(world.home, CERTS, 'registry.example.com');
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'ca.crt'), 'of the user\n');
  const before = await treeOf(join(world.home, '.config'));
  const { names } = await create(world, ...ANY_PORTS);
  const during = Object.keys(await treeOf(join(world.home, CERTS)));
  for (const name of names) expect(during).toContain(`${name}/ca.crt`);
  await world.succeed(['delete']);
  expect(await treeOf(join(world.home, '.config'))).toEqual(before);
});

it('leaves a file in its place that somebody else wrote', async () => {
  await using world = await makeWorld();
  const { names } = await create(world, ...ANY_PORTS);
  const [changed] = names;
  await writeFile(join(world.home, CERTS, changed, 'ca.crt'), 'of the user\n');
  await world.succeed(['delete']);
  expect(Object.keys(await treeOf(join(world.home, CERTS)))).toEqual([changed, `${changed}/ca.crt`]);
});

it('keeps images and password for the next create', async () => {
  await using world = await makeWorld();
  const first = await create(world, ...ANY_PORTS);
  const secret = await secretOf(world);
  await pushImage({ url: urlOf(first), authorization: basic(secret.username, secret.password) }, 'team/app');
  await world.succeed(['delete']);
  expect(await processesWith(world.home)).toEqual([]);
  expect(await world.run(['get', 'secrets', '-o', 'json'])).toMatchObject({ stdout: '[]\n', exitCode: 3 });
  const second = await create(world, ...ANY_PORTS);
  expect(second.outcome).toBe('created');
  expect(await secretOf(world)).toEqual({ ...secret, registry: second.names[0], url: `https://${second.names[0]}` });
  expect(await listImages({ url: urlOf(second) })).toEqual({ repositories: ['team/app'] });
});

describe('--volumes', () => {
  it('removes everything but the authority', async () => {
    await using world = await makeWorld();
    const { dataDir } = await create(world, ...ANY_PORTS);
    const { stdout } = await world.succeed(['delete', '--volumes']);
    expect(normalise(stdout, world)).toBe(
      `Deleted the registry devreg. Removed its images in ${normalise(dataDir, world)}, and its credentials.\n`,
    );
    const files = Object.entries(await treeOf(world.home)).filter(([, text]) => text.includes(' '));
    expect(files.map(([name]) => name)).toEqual([
      '.local/share/devreg/ca/ca.crt',
      '.local/share/devreg/ca/ca.key',
      '.local/state/devreg/locks/.machine',
      '.local/state/devreg/locks/devreg',
    ]);
  });

  it('also removes what an earlier delete had kept', async () => {
    await using world = await makeWorld();
    const { dataDir } = await create(world, ...ANY_PORTS);
    await world.succeed(['delete']);
    const { stdout } = await world.succeed(['delete', '--volumes']);
    expect(normalise(stdout, world)).toBe(
      `There is no registry called devreg. Removed its images in ${normalise(dataDir, world)}, and its credentials.\n`,
    );
    expect(await treeOf(dataDir)).toEqual({});
  });

  it('with --all finds what earlier deletes had kept, and without it leaves that', async () => {
    await using world = await makeWorld();
    const { dataDir } = await create(world, '--name', 'ci-1', ...ANY_PORTS);
    const kept = await create(world, '--name', 'kept', ...ANY_PORTS);
    await world.succeed(['delete', '--all']);
    expect((await world.succeed(['delete', '--all'])).stdout).toBe('There is no registry to delete.\n');
    const { stdout } = await world.succeed(['delete', '--all', '--prefix', 'ci-', '--volumes', '--yes']);
    expect(stdout).toBe(`There is no registry called ci-1. Removed its images in ${dataDir}, and its credentials.\n`);
    expect(Object.keys(await treeOf(kept.dataDir))).toContain('blobs');
    await world.succeed(['delete', '--all', '--volumes', '--yes']);
    expect(await treeOf(kept.dataDir)).toEqual({});
    expect((await world.succeed(['delete', '--all', '--volumes'])).stdout).toBe('There is no registry to delete.\n');
  });

  it('removes from a folder of the user only what a registry keeps there', async () => {
    await using world = await makeWorld();
    const folder = join(world.home, 'work/images');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'notes.txt'), 'of the user\n');
    const before = await treeOf(folder);
    await create(world, ...ANY_PORTS, '--data-dir', 'work/images');
    expect(Object.keys(await treeOf(folder))).toContain('blobs');
    await world.succeed(['delete', '--volumes']);
    expect(await treeOf(folder)).toEqual(before);
  });

  it('asks on a terminal, and takes anything but yes for a no', async () => {
    await using world = await makeWorld();
    await create(world, ...ANY_PORTS);
    for (const input of ['n\n', '\n', '', 'yesno\n']) {
      const refused = await world.run(['delete', '--volumes'], {
        isTerminal: true,
        input,
        env: { ...ENV, TERM: 'dumb' },
      });
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain('Remove all images and credentials of devreg for good? [y/N] ');
      expect(refused.stderr).toContain('error: Nothing was deleted.');
    }
    expect((await world.succeed(['status'])).stdout).toContain('running');
    const agreed = await world.run(['delete', '--volumes'], {
      isTerminal: true,
      input: 'y\n',
      env: { ...ENV, TERM: 'dumb' },
    });
    expect(agreed.exitCode).toBe(0);
  });

  it.each([
    [['--yes'], {}],
    [[], { DEVREG_NO_INPUT: '1' }],
  ])('does not ask with %j %j', async (flags, env) => {
    await using world = await makeWorld();
    const { exitCode, stderr, stdout } = await world.run(['delete', '--volumes', ...flags], {
      isTerminal: true,
      env: { ...ENV, TERM: 'dumb', ...env },
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'There is no registry called devreg.\n' });
    expect(stderr).not.toContain('?');
  });
});

it('says so when there is nothing, and that is fine', async () => {
  await using world = await makeWorld();
  expect(await world.run(['delete'])).toEqual({
    stdout: 'There is no registry called devreg.\n',
    stderr: '',
    exitCode: 0,
  });
  expect(await world.run(['delete', '--all'])).toEqual({
    stdout: 'There is no registry to delete.\n',
    stderr: '',
    exitCode: 0,
  });
});

it('deletes all, and nothing of what is not asked for', async () => {
  await using world = await makeWorld();
  await create(world, '--name', 'one', ...ANY_PORTS);
  await create(world, '--name', 'two', ...ANY_PORTS);
  expect((await world.run(['delete', '--name', 'one', '--all'])).exitCode).toBe(2);
  const { stdout } = await world.succeed(['delete', '--all']);
  expect(stdout).toBe('Deleted the registry one.\nDeleted the registry two.\n');
  expect(await treeOf(join(world.home, '.config'))).toEqual({});
});
