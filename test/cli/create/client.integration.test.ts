/** Which program to push with, and how the user calls this one, found on a real PATH. */
import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findClient } from '../../../src/cli/create/client.ts';
import { programName } from '../../../src/cli/create/program-name.ts';

async function makeFolder(...programs: string[]): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-path-'));
  for (const program of programs) await writeFile(join(folder.path, program), '#!/bin/sh\n', { mode: 0o755 });
  return { path: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('the client', () => {
  it('is docker where its engine can be reached', async () => {
    await using folder = await makeFolder('docker', 'podman', 'skopeo');
    expect(await findClient({ PATH: folder.path, DOCKER_HOST: 'ssh://there' }, folder.path)).toBe('docker');
    await mkdir(join(folder.path, '.docker/run'), { recursive: true });
    await writeFile(join(folder.path, '.docker/run/docker.sock'), '');
    expect(await findClient({ PATH: folder.path }, folder.path)).toBe('docker');
  });

  it('is podman where that is the engine of the cluster (S2-20)', async () => {
    await using folder = await makeFolder('docker', 'podman');
    expect(await findClient({ PATH: folder.path, DOCKER_HOST: 'ssh://there' }, folder.path, 'podman')).toBe('podman');
  });

  it('is one that needs no engine otherwise', async () => {
    await using both = await makeFolder('podman', 'skopeo');
    await using one = await makeFolder('skopeo');
    expect(await findClient({ PATH: [one.path, both.path].join(delimiter) }, one.path)).toBe('podman');
    expect(await findClient({ PATH: one.path }, one.path)).toBe('skopeo');
    expect(await findClient({ PATH: join(one.path, 'gone') }, one.path)).toBeUndefined();
    expect(await findClient({}, one.path)).toBeUndefined();
  });

  it('is nothing that cannot be run', async () => {
    await using folder = await makeFolder();
    await writeFile(join(folder.path, 'podman'), '', { mode: 0o644 });
    expect(await findClient({ PATH: folder.path }, folder.path)).toBeUndefined();
  });
});

describe('the name of this program', () => {
  it('is the one on the PATH, through links', async () => {
    await using folder = await makeFolder('devreg.js', 'other');
    await mkdir(join(folder.path, 'bin'));
    await symlink('../devreg.js', join(folder.path, 'bin/devreg'));
    const program = { execPath: '/opt/node', script: join(folder.path, 'devreg.js') };
    expect(await programName({ env: { PATH: join(folder.path, 'bin') }, program })).toBe('devreg');
    const other = { ...program, script: join(folder.path, 'other') };
    expect(await programName({ env: { PATH: join(folder.path, 'bin') }, program: other })).toBe(
      `/opt/node ${folder.path}/other`,
    );
  });

  it('is what npx needs when npx runs it', async () => {
    await using folder = await makeFolder('devreg');
    const program = { execPath: '/opt/node', script: join(folder.path, 'devreg') };
    expect(await programName({ env: { PATH: folder.path, npm_command: 'exec' }, program })).toBe('npx devreg');
  });

  it('is the script otherwise, quoted where need be', async () => {
    await using folder = await makeFolder('node');
    const program = { execPath: join(folder.path, 'node'), script: '/my tools/devreg.js' };
    expect(await programName({ env: { PATH: folder.path }, program })).toBe("node '/my tools/devreg.js'");
  });
});
