/** Files of plans on a real disk: made, changed and taken back, with the user's own hands and with those of sudo. */
import {
  chmod,
  mkdir,
  mkdtempDisposable,
  readFile,
  readdir,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../src/process/execa-runner.ts';
import type { FileChange } from '../../src/trust/file-plan.ts';
import {
  type FileHand,
  applyChange,
  createSudoHand,
  findFile,
  isSudoReady,
  ownHand,
} from '../../src/trust/trust-files.ts';

interface Place extends AsyncDisposable {
  readonly root: string;
  readonly pathOf: (name: string) => string;
  readonly write: (name: string, text: string) => Promise<void>;
  readonly tree: () => Promise<string[]>;
}

async function makePlace(): Promise<Place> {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-trust-files-'));
  const root = join(temp.path, 'root');
  await mkdir(root);
  const pathOf = (name: string) => join(root, name);
  return {
    root,
    pathOf,
    async write(name, text) {
      await mkdir(dirname(pathOf(name)), { recursive: true });
      await writeFile(pathOf(name), text);
    },
    tree: async () => (await readdir(root, { recursive: true })).toSorted(),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

/** A program that does what it is told, and says that it was asked. */
async function fakeSudo(place: Place): Promise<FileHand> {
  const folder = join(place.root, '../bin');
  await mkdir(folder);
  await writeFile(join(folder, 'sudo'), '#!/bin/sh\ntest "$1" = -n || exit 9\nshift\nexec "$@"\n');
  await chmod(join(folder, 'sudo'), 0o755);
  const runner = createRunner({ PATH: `${folder}:/usr/bin:/bin` });
  expect(await isSudoReady(runner)).toBe(true);
  return createSudoHand(runner);
}

async function change(path: string, after: string | undefined, more: Partial<FileChange> = {}): Promise<FileChange> {
  const { content, missingFolders } = await findFile(path);
  const before = typeof content === 'object' ? content.text : undefined;
  const base = { target: 'docker', owner: 'root', registries: ['a:1'], action: 'change' } as const;
  return { ...base, path, before, after, folders: missingFolders, ...more };
}

const hands: readonly (readonly [string, (place: Place) => Promise<FileHand>])[] = [
  ['own hands', async () => ownHand],
  ['sudo', fakeSudo],
];

describe.each(hands)('%s', (_, open) => {
  it('make a file that all can read, whatever the mask, and take it back with its folders', async () => {
    await using place = await makePlace();
    const hand = await open(place);
    const path = place.pathOf('etc/docker/certs.d/a:1/ca.crt');
    const mask = process.umask(0o077);
    try {
      const making = await change(path, 'the CA\n');
      expect(await applyChange(making, hand)).toBe(true);
      expect(await readFile(path, 'utf8')).toBe('the CA\n');
      expect((await stat(path)).mode & 0o777).toBe(0o644);
      expect((await stat(dirname(path))).mode & 0o777).toBe(0o755);
      expect(await readdir(dirname(path))).toEqual(['ca.crt']);
      await applyChange(await change(path, undefined, { folders: making.folders, action: 'remove' }), hand);
      expect(await place.tree()).toEqual([]);
    } finally {
      process.umask(mask);
    }
  });

  it('leave folders in which something else is', async () => {
    await using place = await makePlace();
    const hand = await open(place);
    const making = await change(place.pathOf('a/b/c'), 'x');
    await applyChange(making, hand);
    await place.write('a/mine', '');
    await applyChange(await change(place.pathOf('a/b/c'), undefined, { folders: making.folders }), hand);
    expect(await place.tree()).toEqual(['a', 'a/mine']);
  });

  it('change a file and keep its mode, behind a link too', async () => {
    await using place = await makePlace();
    const hand = await open(place);
    await place.write('real.json', '{}');
    await chmod(place.pathOf('real.json'), 0o640);
    await symlink('real.json', place.pathOf('daemon.json'));
    await applyChange(await change(place.pathOf('daemon.json'), '{"ä":1}'), hand);
    expect(await readlink(place.pathOf('daemon.json'))).toBe('real.json');
    expect(await readFile(place.pathOf('real.json'), 'utf8')).toBe('{"ä":1}');
    expect((await stat(place.pathOf('real.json'))).mode & 0o777).toBe(0o640);
  });

  it('touch nothing that changed since it was looked at', async () => {
    await using place = await makePlace();
    const hand = await open(place);
    await place.write('daemon.json', '{}');
    const planned = await change(place.pathOf('daemon.json'), '{"a":1}');
    await place.write('daemon.json', '{"mine":1}');
    expect(await applyChange(planned, hand)).toBe(false);
    expect(await readFile(place.pathOf('daemon.json'), 'utf8')).toBe('{"mine":1}');
  });
});

describe('looking', () => {
  it('tells nothing from something that is no text', async () => {
    await using place = await makePlace();
    await writeFile(place.pathOf('bytes'), Buffer.from([0xff, 0xfe]));
    await mkdir(place.pathOf('folder'));
    await symlink('nowhere', place.pathOf('dangling'));
    await place.write('text', 'x');
    const contents = ['bytes', 'folder', 'dangling', 'text', 'absent', 'text/below'].map(async (name) => {
      return (await findFile(place.pathOf(name))).content;
    });
    expect(await Promise.all(contents)).toEqual(['other', 'other', 'other', { text: 'x' }, undefined, undefined]);
  });

  it('finds the folders that are missing, outermost first', async () => {
    await using place = await makePlace();
    const { missingFolders } = await findFile(place.pathOf('a/b/c'));
    expect(missingFolders).toEqual([place.pathOf('a'), place.pathOf('a/b')]);
  });
});

it('is not ready without sudo', async () => {
  expect(await isSudoReady(createRunner({ PATH: '' }))).toBe(false);
});
