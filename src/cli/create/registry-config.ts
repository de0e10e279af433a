/** Finds the logins for other registries that nodes shall have, as idpbuilder does (S0-34). */
import { join, resolve } from 'node:path';
import { DevregError } from '../../errors.ts';
import { readIfPresent } from '../../optional-files.ts';

/** Whose files are looked for. */
export interface LoginOwner {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The working folder. */
  readonly folder: string;
}

/** Logins, and where they are from. */
interface NodeLogins {
  readonly file: string;
  /** What docker has in its `config.json`, with nothing but logins. */
  readonly text: string;
  /** The registries they are for. */
  readonly registries: readonly string[];
}

/**
 * Reads the first file that is there.
 * @param files as asked for; `true`, alone, for podman's and docker's own
 * @throws DevregError REGISTRY_CONFIG_MISSING, REGISTRY_CONFIG_INVALID, or when the file system refuses
 */
export async function readRegistryConfig(files: readonly string[], owner: LoginOwner): Promise<NodeLogins> {
  const isUsual = files.length === 1 && files[0] === 'true';
  const paths = isUsual ? usualFiles(owner) : files.map((file) => resolve(owner.folder, expand(file, owner)));
  for (const path of paths) {
    const text = await readIfPresent(path);
    if (text !== undefined) return parseLogins(text, path);
  }
  const message = `None of these files with logins is there: ${paths.join(', ')}.`;
  throw new DevregError('not-found', 'REGISTRY_CONFIG_MISSING', message, {
    hint: 'Log in with docker or podman first, or name a file: --registry-config=FILE.',
  });
}

function usualFiles({ env, home }: LoginOwner): string[] {
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    ...(runtime ? [join(runtime, 'containers/auth.json')] : []),
    join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'),
  ];
}

/** Files of a configuration and of idpbuilder's users have variables in them that no shell has filled in. */
function expand(file: string, { env, home }: LoginOwner): string {
  const known: Readonly<Record<string, string | undefined>> = { ...env, HOME: home };
  return file.replaceAll(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_all, braced?: string, bare?: string) => known[braced ?? bare ?? ''] ?? '',
  );
}

/** What a helper of this machine keeps is of no use on a node, and of no harm either. */
function parseLogins(text: string, file: string): NodeLogins {
  const auths = authsIn(text);
  if (auths === undefined) throw invalid(file, 'is not what docker and podman keep their logins in');
  const usable = Object.entries(auths).filter(([, login]) => hasPassword(login));
  if (usable.length === 0)
    throw invalid(
      file,
      'has no password in it: a credential helper keeps them, or there are identity tokens in their place',
    );
  const registries = usable.map(([registry]) => registry);
  return { file, registries, text: `${JSON.stringify({ auths: Object.fromEntries(usable) }, undefined, 2)}\n` };
}

function authsIn(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
    const auths: unknown = 'auths' in json ? json.auths : {};
    return typeof auths === 'object' && auths !== null && !Array.isArray(auths) ? auths : undefined;
  } catch {
    return undefined;
  }
}

/** A kubelet knows users and passwords; of identity tokens, which `docker login` keeps where it is given them, it knows nothing. */
function hasPassword(login: unknown): boolean {
  if (typeof login !== 'object' || login === null) return false;
  const { auth, password }: { auth?: unknown; password?: unknown } = login;
  if (typeof password === 'string' && password !== '') return true;
  return typeof auth === 'string' && /:./s.test(Buffer.from(auth, 'base64').toString());
}

function invalid(file: string, what: string): DevregError {
  return new DevregError('usage', 'REGISTRY_CONFIG_INVALID', `${file} ${what}.`, {
    hint: 'Give a file with passwords: podman login --authfile FILE REGISTRY writes one, after docker logout REGISTRY.',
  });
}
