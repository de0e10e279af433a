/** Looks at what trusting depends on: the system, the user's folders, the programs that are there. */
import { readFile, readdir } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { isPresent } from '../optional-files.ts';
import type { Runner } from '../process/runner.ts';
import type { LinuxFamily, TargetName, TrustHost } from './target.ts';

/** Where to look. */
export interface HostSurroundings {
  readonly platform: NodeJS.Platform;
  readonly root: string;
  readonly home: string;
  readonly isRoot: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Looks at a machine. What cannot be read counts as absent. */
export async function findTrustHost({ platform, root, home, isRoot, env }: HostSurroundings): Promise<TrustHost> {
  const paths = platform === 'win32' ? win32 : posix;
  const configHome = env['XDG_CONFIG_HOME'];
  const release =
    platform === 'linux' ? await readFile(paths.join(root, 'etc/os-release'), 'utf8').catch(() => '') : '';
  return {
    platform,
    root,
    home,
    isRoot,
    configHome: configHome !== undefined && posix.isAbsolute(configHome) ? configHome : paths.join(home, '.config'),
    dockerConfig: env['DOCKER_CONFIG'] || paths.join(home, '.docker'),
    programData: env['ProgramData'] ?? 'C:\\ProgramData',
    family: familyOf(release),
    nssDatabases: platform === 'linux' ? await findNssDatabases(home) : [],
  };
}

/** The targets that are on a machine and read CAs from files of their own. */
export async function detectTargets(host: TrustHost, runner: Runner): Promise<TargetName[]> {
  const { platform, root, configHome, family } = host;
  const has = async (...programs: readonly string[]) =>
    (await Promise.all(programs.map((program) => runner.find(program)))).some((path) => path !== undefined);
  const isLinux = platform === 'linux';
  const there: readonly (readonly [TargetName, boolean])[] = [
    ['docker', platform !== 'darwin' && ((await has('dockerd')) || (await isPresent(posix.join(root, 'etc/docker'))))],
    ['docker-rootless', isLinux && (await isPresent(posix.join(configHome, 'docker')))],
    ['docker-desktop', !isLinux && (await has('docker'))],
    ['podman', isLinux && (await has('podman', 'buildah', 'skopeo'))],
    ['containerd', isLinux && (await isPresent(posix.join(root, 'etc/containerd')))],
    ['system', !isLinux || family !== undefined],
  ];
  return there.flatMap(([target, isHere]) => (isHere ? [target] : []));
}

/** Tells by `/etc/os-release` how a Linux keeps its CAs. */
export function familyOf(release: string): LinuxFamily | undefined {
  const ids = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, words = '']) => words.split(/\s+/));
  return ids.flatMap((id) => FAMILY_OF[id] ?? []).at(0);
}

/** Alpine keeps CAs where Debian does. */
const FAMILY_OF: Readonly<Record<string, LinuxFamily>> = {
  debian: 'debian',
  ubuntu: 'debian',
  alpine: 'debian',
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  arch: 'arch',
  suse: 'suse',
  opensuse: 'suse',
};

/** Where browsers have their profiles; each profile of Firefox has a database of its own. */
const FIREFOX = ['.mozilla/firefox', 'snap/firefox/common/.mozilla/firefox'];

async function findNssDatabases(home: string): Promise<string[]> {
  const profiles = await Promise.all(
    FIREFOX.map(async (folder) =>
      (await readdir(posix.join(home, folder)).catch((): string[] => []))
        .toSorted()
        .map((name) => posix.join(home, folder, name)),
    ),
  );
  const folders = [posix.join(home, '.pki/nssdb'), ...profiles.flat()];
  const found = await Promise.all(folders.map((folder) => isPresent(posix.join(folder, 'cert9.db'))));
  return folders.filter((_, index) => found[index]);
}
