/** The files in which registry clients keep logins: where each is, and what stands in it for a registry. Pure. */
import { posix, win32 } from 'node:path';

/** A client that keeps credentials; skopeo and buildah use podman's. */
export type LoginClient = 'docker' | 'podman' | 'helm' | 'crane' | 'regctl';

/** Every client, in the order in which they are logged in. */
export const LOGIN_CLIENTS: readonly LoginClient[] = ['docker', 'podman', 'helm', 'crane', 'regctl'];

/** What the places depend on. */
export interface ClientSurroundings {
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home: string;
  /** The user's number; undefined where users have none. */
  readonly uid: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A client's file. */
export interface ClientFile {
  readonly path: string;
  /** The member that has an entry for each registry. */
  readonly section: 'auths' | 'hosts';
  /** Whether it can leave a registry's credentials to a helper. */
  readonly hasHelpers: boolean;
}

/** Where each client keeps its logins; crane uses docker's file. */
export function clientFiles(surroundings: ClientSurroundings): Readonly<Record<LoginClient, ClientFile>> {
  const { platform, home, env } = surroundings;
  const path = platform === 'win32' ? win32 : posix;
  const docker: ClientFile = {
    path: path.join(env['DOCKER_CONFIG'] || path.join(home, '.docker'), 'config.json'),
    section: 'auths',
    hasHelpers: true,
  };
  return {
    docker,
    crane: docker,
    podman: { path: containersFile(surroundings), section: 'auths', hasHelpers: true },
    helm: { path: helmFile(surroundings), section: 'auths', hasHelpers: false },
    regctl: {
      path: env['REGCTL_CONFIG'] || path.join(home, '.regctl', 'config.json'),
      section: 'hosts',
      hasHelpers: false,
    },
  };
}

/** @see https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md */
function containersFile({ platform, home, uid, env }: ClientSurroundings): string {
  if (env['REGISTRY_AUTH_FILE']) return env['REGISTRY_AUTH_FILE'];
  const path = platform === 'win32' ? win32 : posix;
  if (platform !== 'linux') return path.join(home, '.config', 'containers', 'auth.json');
  return path.join(
    env['XDG_RUNTIME_DIR'] ? path.join(env['XDG_RUNTIME_DIR'], 'containers') : `/run/containers/${uid ?? 0}`,
    'auth.json',
  );
}

/** @see https://helm.sh/docs/helm/helm/ */
function helmFile({ platform, home, env }: ClientSurroundings): string {
  if (env['HELM_REGISTRY_CONFIG']) return env['HELM_REGISTRY_CONFIG'];
  const path = platform === 'win32' ? win32 : posix;
  const customary = {
    win32: env['APPDATA'] || path.join(home, 'AppData', 'Roaming'),
    darwin: path.join(home, 'Library', 'Preferences'),
  };
  const base =
    env['XDG_CONFIG_HOME'] ||
    (platform === 'win32' || platform === 'darwin' ? customary[platform] : path.join(home, '.config'));
  return path.join(env['HELM_CONFIG_HOME'] || path.join(base, 'helm'), 'registry', 'config.json');
}
