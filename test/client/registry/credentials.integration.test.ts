/** Logins, from where clients keep them, in the order in which they look. */
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CredentialSources, createCredentialLookup } from '../../../src/client/registry/credentials.ts';
import { loginKeys } from '../../../src/client/registry/login-file.ts';
import { createScriptedRunner } from '../../support/fakes/scripted-runner.ts';

const login = (user: string) => ({ auth: Buffer.from(`${user}:secret`).toString('base64') });
const auths = (entries: Readonly<Record<string, object>>) => JSON.stringify({ auths: entries });

/** A home folder with files; who is found for a registry and repository there. */
async function find(
  files: Readonly<Record<string, string>>,
  registry: string,
  repository?: string,
  more: Partial<CredentialSources> = {},
): Promise<unknown> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-logins-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), text);
  }
  const { env = {}, authfile, ...others } = more;
  const placed = Object.entries({ XDG_RUNTIME_DIR: 'run', ...env }).map(([name, path]) => [
    name,
    path && join(folder.path, path),
  ]);
  const lookup = createCredentialLookup({
    env: Object.fromEntries(placed),
    home: folder.path,
    runner: createScriptedRunner([]),
    platform: 'linux',
    uid: 4_000_000,
    ...(authfile === undefined ? {} : { authfile: join(folder.path, authfile) }),
    ...others,
  });
  const found = await lookup(registry, repository);
  return found?.kind === 'password' ? found.user : found;
}

describe('a login', () => {
  const all = {
    'named.json': auths({ 'h:1': login('named') }),
    'run/containers/auth.json': auths({ 'h:1': login('runtime') }),
    '.config/containers/auth.json': auths({ 'h:1': login('containers') }),
    '.docker/config.json': auths({ 'h:1': login('docker') }),
    '.dockercfg': JSON.stringify({ 'h:1': login('old') }),
  };
  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
  const own = async () => ({ kind: 'password', user: 'own', password: 'x' }) as const;

  it.each<[string, Readonly<Record<string, string>>, Partial<CredentialSources>]>([
    ['flag', all, { flags: { kind: 'password', user: 'flag', password: 'x' }, authfile: 'named.json' }],
    ['named', all, { authfile: 'named.json', ownRegistries: own }],
    ['named', all, { env: { REGISTRY_AUTH_FILE: 'named.json' } }],
    ['own', all, { ownRegistries: own }],
    ['runtime', all, {}],
    ['containers', without('run/containers/auth.json'), {}],
    ['docker', without('run/containers/auth.json', '.config/containers/auth.json'), {}],
    ['named', { 'there/config.json': all['named.json'] }, { env: { DOCKER_CONFIG: 'there' } }],
    ['old', { '.dockercfg': all['.dockercfg'] }, {}],
  ])('is that of %s', async (user, files, more) => {
    expect(await find(files, 'h:1', undefined, more)).toBe(user);
  });

  it('is nobody’s where that is said, and where there is none', async () => {
    expect(await find(all, 'h:1', undefined, { flags: 'none' })).toBeUndefined();
    expect(await find(all, 'other:1')).toBeUndefined();
    expect(await find({}, 'h:1')).toBeUndefined();
    // A file that is named is the only one.
    expect(await find({ ...all, 'named.json': '{}' }, 'h:1', undefined, { authfile: 'named.json' })).toBeUndefined();
  });

  it.each([
    ['docker.io', 'https://index.docker.io/v1/'],
    ['docker.io', 'docker.io'],
    ['h:1', 'https://h:1'],
    ['h:1', 'http://h:1/v2/'],
    ['h:1', 'H:1'],
  ])('for %s is kept under %s', async (registry, key) => {
    expect(await find({ '.docker/config.json': auths({ [key]: login('me') }) }, registry)).toBe('me');
  });

  it('is that of the longest namespace', async () => {
    const file = {
      '.docker/config.json': auths({ 'h:1/team/app': login('app'), 'h:1/team': login('team'), 'h:1': login('all') }),
    };
    expect(await find(file, 'h:1', 'team/app')).toBe('app');
    expect(await find(file, 'h:1', 'team/other')).toBe('team');
    expect(await find(file, 'h:1', 'teams')).toBe('all');
    expect(await find(file, 'h:1')).toBe('all');
    expect(loginKeys('h', 'a/b')).toEqual(['h/a/b', 'h/a', 'h']);
  });

  it('may be a token', async () => {
    const file = (entry: object) => ({ '.docker/config.json': auths({ 'h:1': entry }) });
    expect(await find(file({ identitytoken: 'i' }), 'h:1')).toEqual({ kind: 'identity', token: 'i' });
    expect(await find(file({ registrytoken: 'r' }), 'h:1')).toEqual({ kind: 'bearer', token: 'r' });
    expect(await find(file({}), 'h:1')).toBeUndefined();
  });

  it.each(['{', '[]', '7'])('in a file of %s is told of', async (text) => {
    await expect(find({ '.docker/config.json': text }, 'h:1')).rejects.toMatchObject({ code: 'AUTHFILE_DAMAGED' });
  });

  it('in a file that is not there is told of', async () => {
    await expect(find({}, 'h:1', undefined, { authfile: 'none.json' })).rejects.toMatchObject({
      code: 'AUTHFILE_MISSING',
    });
  });
});

describe('a program that keeps logins', () => {
  const config = (more: object) => ({ '.docker/config.json': JSON.stringify(more) });
  const says = (name: string, stdout: string, exitCode = 0) =>
    createScriptedRunner([{ argv: `docker-credential-${name} get`, stdout, exitCode }]);
  const NOT_FOUND = 'credentials not found in native keychain\n';

  it('is asked by the registry’s name', async () => {
    const runner = says('store', '{"ServerURL":"h:1","Username":"kept","Secret":"s"}');
    expect(await find(config({ credsStore: 'store' }), 'h:1', 'team/app', { runner })).toBe('kept');
    expect(runner.calls.map(({ input }) => input)).toEqual(['h:1']);
    expect(await find(config({ credsStore: 'store' }), 'docker.io', undefined, { runner })).toBe('kept');
    expect(runner.calls.at(-1)?.input).toBe('https://index.docker.io/v1/');
  });

  it('of one registry goes before that of all', async () => {
    const runner = says('one', '{"Username":"<token>","Secret":"identity"}');
    const found = await find(config({ credsStore: 'store', credHelpers: { 'h:1': 'one' } }), 'h:1', undefined, {
      runner,
    });
    expect(found).toEqual({ kind: 'identity', token: 'identity' });
  });

  it('that has none leaves it to the file', async () => {
    const runner = says('store', NOT_FOUND, 1);
    const file = config({ credsStore: 'store', auths: { 'h:1': login('file') } });
    expect(await find(file, 'h:1', undefined, { runner })).toBe('file');
  });

  it.each([
    ['fails', 'store', says('store', 'the keychain is locked\n', 1)],
    ['answers nonsense', 'store', says('store', 'what?')],
    ['answers half', 'store', says('store', '{"Username":"x"}')],
    ['is not there', 'store', createScriptedRunner([])],
    ['has the name of a path', '../../evil', createScriptedRunner([])],
  ])('that %s is told of', async (_, credsStore, runner) => {
    await expect(find(config({ credsStore }), 'h:1', undefined, { runner })).rejects.toMatchObject({
      code: 'CREDENTIAL_HELPER_FAILED',
    });
  });
});
