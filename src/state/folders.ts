/** Where devreg keeps what it must remember, by the conventions of each system. Pure. */
import { posix, win32 } from 'node:path';

/** devreg's own folders, absolute. */
export interface Folders {
  /** What is worth keeping: certificate authority, images. */
  readonly data: string;
  /** What is there now: records, credentials, logs. */
  readonly state: string;
  /** What can be made again at any time. */
  readonly cache: string;
}

/** What the folders depend on. */
export interface FolderSurroundings {
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds the folders: `XDG_DATA_HOME`, `XDG_STATE_HOME` and `XDG_CACHE_HOME` on every system, else what is customary there.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function resolveFolders({ platform, home, env }: FolderSurroundings): Folders {
  const path = platform === 'win32' ? win32 : posix;
  // The specification has relative paths ignored.
  const xdg = (name: string) => {
    const base = env[name];
    return base !== undefined && path.isAbsolute(base) ? path.join(base, 'devreg') : undefined;
  };
  const own = customaryFolders(platform, home, env);
  return {
    data: xdg('XDG_DATA_HOME') ?? own.data,
    state: xdg('XDG_STATE_HOME') ?? own.state,
    cache: xdg('XDG_CACHE_HOME') ?? own.cache,
  };
}

function customaryFolders(platform: NodeJS.Platform, home: string, env: FolderSurroundings['env']): Folders {
  if (platform === 'win32') {
    const base = win32.join(env['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local'), 'devreg');
    return { data: win32.join(base, 'Data'), state: win32.join(base, 'State'), cache: win32.join(base, 'Cache') };
  }
  if (platform === 'darwin') {
    const base = posix.join(home, 'Library', 'Application Support', 'devreg');
    return {
      data: posix.join(base, 'data'),
      state: posix.join(base, 'state'),
      cache: posix.join(home, 'Library', 'Caches', 'devreg'),
    };
  }
  const local = posix.join(home, '.local');
  return {
    data: posix.join(local, 'share', 'devreg'),
    state: posix.join(local, 'state', 'devreg'),
    cache: posix.join(home, '.cache', 'devreg'),
  };
}
