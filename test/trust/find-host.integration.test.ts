/** What is found of a machine, and which targets are on it. */
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { detectTargets, familyOf, findTrustHost } from '../../src/trust/find-host.ts';
import { createScriptedRunner } from '../support/fakes/scripted-runner.ts';

it.each([
  ['PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', 'debian'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
  ['ID=alpine\n', 'debian'],
  ['ID=manjaro\nID_LIKE=arch\n', 'arch'],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'suse'],
  ['ID=nixos\nVERSION_ID=debian\n', undefined],
  ['', undefined],
])('%j keeps CAs as %s', (release, family) => expect(familyOf(release)).toBe(family));

it('finds programs, folders and databases', async () => {
  await using temp = await mkdtempDisposable(join(tmpdir(), 'devreg-trust-host-'));
  const [root, home] = [join(temp.path, 'root'), join(temp.path, 'home')];
  for (const folder of ['.pki/nssdb', '.mozilla/firefox/a.default', '.mozilla/firefox/empty'])
    await mkdir(join(home, folder), { recursive: true });
  for (const folder of ['.pki/nssdb', '.mozilla/firefox/a.default'])
    await writeFile(join(home, folder, 'cert9.db'), '');
  await mkdir(join(root, 'etc/containerd'), { recursive: true });
  await writeFile(join(root, 'etc/os-release'), 'ID=debian\n');
  const env = { XDG_CONFIG_HOME: 'relative', DOCKER_CONFIG: '/docker' };
  const host = await findTrustHost({ platform: 'linux', root, home, isRoot: false, env });
  expect(host).toMatchObject({ family: 'debian', configHome: join(home, '.config'), dockerConfig: '/docker' });
  expect(host.nssDatabases).toEqual([join(home, '.pki/nssdb'), join(home, '.mozilla/firefox/a.default')]);
  const targetsWith = (...programs: readonly string[]) => detectTargets(host, createScriptedRunner([], programs));
  expect(await targetsWith()).toEqual(['containerd', 'system']);
  expect(await targetsWith('dockerd', 'skopeo')).toEqual(['docker', 'podman', 'containerd', 'system']);
  const mac = { ...host, platform: 'darwin' as const };
  expect(await detectTargets(mac, createScriptedRunner([], ['docker', 'podman']))).toEqual([
    'docker-desktop',
    'system',
  ]);
});
