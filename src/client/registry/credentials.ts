/** Where credentials come from, in the order in which other clients look. */
import { join } from 'node:path';
import { DevregError, isDevregError } from '../../errors.ts';
import type { Runner } from '../../process/runner.ts';
import { askHelper } from './credential-helper.ts';
import { type LoginFile, loginKeys, readLoginFile } from './login-file.ts';

/** What a client can show a registry. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A token to get access tokens with. */
  | { readonly kind: 'identity'; readonly token: string }
  /** An access token, sent as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

/**
 * Finds what to show a registry.
 * @param registry `host[:port]`
 * @param repository the namespace that is meant; undefined: the registry as a whole
 * @returns undefined: nobody in particular
 * @throws DevregError AUTHFILE_DAMAGED, AUTHFILE_MISSING, CREDENTIAL_HELPER_FAILED, FILE_DENIED
 */
export type CredentialLookup = (registry: string, repository?: string) => Promise<Credentials | undefined>;

/** Where podman keeps logins of users who have no folder at run time. */
const FOLDER_OF_ALL = '/run/containers/';

/** What the lookup looks into. */
export interface CredentialSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Starts credential helpers. */
  readonly runner: Pick<Runner, 'run'>;
  /** Said on the command line; wins over everything. `none`: nobody in particular, whatever is in files. */
  readonly flags?: Credentials | 'none';
  /** Said on the command line; a file that is named must be there. */
  readonly authfile?: string;
  /** As Node names it; where files are depends on it. */
  readonly platform?: string;
  readonly uid?: number;
  /** The logins of devreg's own registries, by `host:port`. */
  readonly ownRegistries?: (registry: string) => Promise<Credentials | undefined>;
}

/**
 * Makes the lookup: the command line, then the file that is named, devreg's own registries, and unless a file is named
 * those of podman and docker. Files are read once.
 */
export function createCredentialLookup(sources: CredentialSources): CredentialLookup {
  const { flags, authfile, env, ownRegistries, runner } = sources;
  const files = new Map<string, Promise<LoginFile | undefined>>();
  const read = (path: string) => {
    const file = files.get(path) ?? readLoginFile(path);
    files.set(path, file);
    return file;
  };
  const named = authfile ?? (env['REGISTRY_AUTH_FILE'] || undefined);
  return async (registry, repository) => {
    if (flags === 'none') return undefined;
    if (flags !== undefined) return flags;
    if (named !== undefined) {
      const file = await read(named);
      if (file === undefined && authfile !== undefined) throw fileMissing(named);
      const login = await findIn(file, runner, registry, repository);
      if (login !== undefined) return login;
    }
    const own = await ownRegistries?.(registry);
    if (own !== undefined || named !== undefined) return own;
    for (const path of usualFiles(sources)) {
      const login = await findIn(await passOverDenied(path, read(path)), runner, registry, repository);
      if (login !== undefined) return login;
    }
    return undefined;
  };
}

/** Root's podman makes a folder for all users that no other may enter; nobody's login is in it then. */
async function passOverDenied(path: string, file: Promise<LoginFile | undefined>): Promise<LoginFile | undefined> {
  try {
    return await file;
  } catch (error) {
    if (path.startsWith(FOLDER_OF_ALL) && isDevregError(error) && error.code === 'FILE_DENIED') return undefined;
    throw error;
  }
}

async function findIn(
  file: LoginFile | undefined,
  runner: Pick<Runner, 'run'>,
  registry: string,
  repository: string | undefined,
): Promise<Credentials | undefined> {
  const helper = file?.helpers.get(registry);
  for (const name of [helper, file?.store]) {
    const login = name === undefined ? undefined : await askHelper(runner, name, registry);
    if (login !== undefined) return login;
  }
  const key = loginKeys(registry, repository).find((one) => file?.logins.has(one));
  return key === undefined ? undefined : file?.logins.get(key);
}

/** @see https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md */
function usualFiles({
  env,
  home,
  platform = process.platform,
  uid = process.getuid?.(),
}: CredentialSources): readonly string[] {
  const config = env['XDG_CONFIG_HOME'] || join(home, '.config');
  const runtime = env['XDG_RUNTIME_DIR'] || (uid === undefined ? undefined : `/run/user/${uid}`);
  const runtimeFiles = [
    ...(runtime === undefined ? [] : [join(runtime, 'containers', 'auth.json')]),
    `${FOLDER_OF_ALL}${uid}/auth.json`,
  ];
  const own = join(home, '.config', 'containers', 'auth.json');
  return [
    ...(platform === 'linux' ? runtimeFiles : [own]),
    join(config, 'containers', 'auth.json'),
    join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'),
    join(home, '.dockercfg'),
  ];
}

function fileMissing(path: string): DevregError {
  return new DevregError('usage', 'AUTHFILE_MISSING', `There is no file ${path}.`, {
    hint: 'It is named by --authfile; podman login --authfile makes it.',
  });
}
