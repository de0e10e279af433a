/** The files of clients: others' entries stay to the byte, whatever clients, and we, write. */
import { chmod, mkdir, mkdtempDisposable, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandFailedError } from '../../src/process/command-failed-error.ts';
import type { Command, Runner } from '../../src/process/runner.ts';
import { LOGIN_CLIENTS, type LoginClient, clientFiles } from '../../src/trust/client-files.ts';
import { loginClients } from '../../src/trust/client-login.ts';
import { type KeptLogin, findLogins, forgetLogins } from '../../src/trust/client-logins.ts';
import { registerHelper } from '../../src/trust/credential-helpers.ts';
import { createScriptedRunner } from '../support/fakes/scripted-runner.ts';

const A = 'registry.localtest.me:8443';
const B = 'localhost:5001';
const auth = (user: string) => Buffer.from(`${user}:secret`).toString('base64');
const OTHERS = `{
  "auths": {
    "ghcr.io": { "auth": "${auth('me')}" }
  },
  "unknown": [1,   2]
}
`;

interface Home extends AsyncDisposable {
  readonly files: ReturnType<typeof clientFiles>;
  readonly write: (client: LoginClient, text: string) => Promise<void>;
  readonly read: (client: LoginClient) => Promise<string>;
}

async function makeHome(): Promise<Home> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-logins-'));
  const env = { XDG_RUNTIME_DIR: join(folder.path, 'run') };
  const files = clientFiles({ platform: 'linux', home: folder.path, uid: undefined, env });
  return {
    files,
    async write(client, text) {
      await mkdir(dirname(files[client].path), { recursive: true });
      await writeFile(files[client].path, text);
    },
    read: (client) => readFile(files[client].path, 'utf8'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** A client that writes as real ones do: its own form, and nothing that it does not know. */
function makeClient(path: string, { fails = () => false }: { fails?: (registry: string) => boolean } = {}): Runner {
  const run = async ({ args }: Command) => {
    const registry = args.at(-1) ?? '';
    const text = await readFile(path, 'utf8').catch(() => '{}');
    const { auths = {} } = JSON.parse(text) as { auths?: Record<string, unknown> };
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify({ auths: { [registry]: { auth: auth('giteaAdmin') }, ...auths } }));
    const output = { stdout: '', stderr: 'refused' };
    if (fails(registry)) throw new CommandFailedError('docker', { kind: 'exited', exitCode: 1 }, output);
    return { stdout: '', stderr: '' };
  };
  return { ...createScriptedRunner([]), run, find: async () => '/somewhere' };
}

const request = { registries: [A, B], user: 'giteaAdmin', password: 'secret' };
const clients = ['docker'] as const;
const entry = (name: string) => `    "${name}": {\n      "auth": "${auth('giteaAdmin')}"\n    }`;
const WITH_BOTH = OTHERS.replace('" }\n', `" },\n${entry(A)},\n${entry(B)}\n`);

describe('logging in', () => {
  it('changes no byte of others, and keeps the file from before', async () => {
    await using home = await makeHome();
    await home.write('docker', OTHERS);
    await chmod(home.files.docker.path, 0o644);
    await loginClients(makeClient(home.files.docker.path), { ...request, clients, files: home.files });
    expect(await home.read('docker')).toBe(WITH_BOTH);
    expect((await stat(home.files.docker.path)).mode & 0o777).toBe(0o600);
    const folder = dirname(home.files.docker.path);
    expect((await readdir(folder)).toSorted()).toEqual(['config.json', 'config.json.before-devreg']);
    expect(await readFile(`${home.files.docker.path}.before-devreg`, 'utf8')).toBe(OTHERS);
    expect((await stat(`${home.files.docker.path}.before-devreg`)).mode & 0o777).toBe(0o600);
  });

  it('keeps no login of devreg’s own as what was before', async () => {
    await using home = await makeHome();
    await home.write('docker', WITH_BOTH);
    await loginClients(makeClient(home.files.docker.path), { ...request, clients, files: home.files });
    expect(await readFile(`${home.files.docker.path}.before-devreg`, 'utf8')).toBe(OTHERS);
  });

  it('leaves what a client wrote for a registry that refused', async () => {
    await using home = await makeHome();
    await home.write('docker', OTHERS);
    const runner = makeClient(home.files.docker.path, { fails: (registry) => registry === B });
    await loginClients(runner, { ...request, clients, files: home.files });
    expect(await home.read('docker')).toBe(OTHERS.replace('" }\n', `" },\n${entry(A)}\n`));
  });

  it('writes through a symbolic link', async () => {
    await using home = await makeHome();
    const target = join(dirname(dirname(home.files.docker.path)), 'dotfiles.json');
    await writeFile(target, OTHERS);
    await mkdir(dirname(home.files.docker.path));
    await symlink(target, home.files.docker.path);
    await loginClients(makeClient(home.files.docker.path), { ...request, clients, files: home.files });
    expect(await readFile(target, 'utf8')).toBe(WITH_BOTH);
  });

  it('leaves a file alone that is damaged', async () => {
    await using home = await makeHome();
    await home.write('docker', '{"auths":');
    const login = loginClients(makeClient(home.files.docker.path), { ...request, clients, files: home.files });
    await expect(login).rejects.toMatchObject({ code: 'CLIENT_FILE_DAMAGED' });
    expect(await home.read('docker')).toBe('{"auths":');
  });
});

describe('the logins there are', () => {
  const find = (home: Home, runner = createScriptedRunner([])) => findLogins({ files: home.files, runner }, [A, B]);

  it('are found in every file, with their users', async () => {
    await using home = await makeHome();
    await home.write('docker', WITH_BOTH);
    await home.write('podman', `{"auths":{"${A}":{"auth":"${auth('alice')}"},"${B}/path":{"auth":"${auth('bob')}"}}}`);
    await home.write('helm', `{"auths":{}}`);
    await home.write('regctl', `{"hosts":{"${A}":{"tls":"disabled"},"${B}":{"user":"giteaAdmin","pass":"secret"}}}`);
    expect(await find(home)).toEqual<KeptLogin[]>([
      { client: 'docker', registry: A, user: 'giteaAdmin', where: 'file' },
      { client: 'docker', registry: B, user: 'giteaAdmin', where: 'file' },
      { client: 'podman', registry: A, user: 'alice', where: 'file' },
      { client: 'regctl', registry: B, user: 'giteaAdmin', where: 'file' },
    ]);
  });

  it('are none where there are no files', async () => {
    await using home = await makeHome();
    expect(await find(home)).toEqual([]);
    await forgetLogins({ files: home.files, runner: createScriptedRunner([]) }, []);
    expect(await readdir(dirname(dirname(home.files.docker.path)))).toEqual([]);
  });

  it('are asked of a store, and taken out of it', async () => {
    await using home = await makeHome();
    await home.write('docker', `{"auths":{"${A}":{},"${B}":{}},"credsStore":"desktop"}`);
    const runner = createScriptedRunner([
      {
        argv: 'docker-credential-desktop get',
        stdout: (input) => (String(input) === A ? '{"Username":"giteaAdmin"}' : 'x'),
      },
      { argv: 'docker-credential-desktop erase' },
    ]);
    const logins = await find(home, runner);
    expect(logins.map(({ user, where }) => [user, where])).toEqual([
      ['giteaAdmin', 'store'],
      [undefined, 'store'],
    ]);
    await forgetLogins({ files: home.files, runner }, logins.slice(0, 1));
    expect(runner.calls.map(({ argv, input }) => `${argv} ${input}`)).toContain(`docker-credential-desktop erase ${A}`);
    expect(await home.read('docker')).toBe(`{"auths":{"${B}":{}},"credsStore":"desktop"}`);
  });

  it('go, and everything else stays', async () => {
    await using home = await makeHome();
    const runner = createScriptedRunner([]);
    for (const client of ['docker', 'podman', 'helm'] as const) await home.write(client, WITH_BOTH);
    const own = { user: 'giteaAdmin', pass: 'secret', tls: 'enabled', regcert: 'PEM' };
    await home.write('regctl', JSON.stringify({ hosts: { [A]: own, [B]: { ...own, pathPrefix: 'p' } }, version: 1 }));
    await writeFile(`${home.files.docker.path}.before-devreg`, OTHERS);
    await forgetLogins({ files: home.files, runner }, await find(home));
    for (const client of ['docker', 'podman', 'helm'] as const) expect(await home.read(client)).toBe(OTHERS);
    expect(JSON.parse(await home.read('regctl'))).toEqual({
      hosts: { [B]: { tls: 'enabled', regcert: 'PEM', pathPrefix: 'p' } },
      version: 1,
    });
    expect(await readdir(dirname(home.files.docker.path))).toEqual(['config.json']);
  });
});

describe('the helper', () => {
  it('is registered for each registry in the place of its password, and unregistered', async () => {
    await using home = await makeHome();
    const runner = createScriptedRunner([]);
    const helpers = '"credHelpers": { "gcr.io": "gcloud" },\n  "unknown"';
    const others = OTHERS.replace('"unknown"', helpers);
    for (const client of ['docker', 'podman'] as const)
      await home.write(client, WITH_BOTH.replace('"unknown"', helpers));
    await home.write('regctl', `{"hosts":{"${A}":{"user":"giteaAdmin","pass":"secret"}}}`);
    await registerHelper(home.files, LOGIN_CLIENTS, [A, B]);
    for (const client of ['docker', 'podman'] as const) {
      expect(JSON.parse(await home.read(client))).toEqual({
        auths: { 'ghcr.io': { auth: auth('me') } },
        credHelpers: { 'gcr.io': 'gcloud', [A]: 'devreg', [B]: 'devreg' },
        unknown: [1, 2],
      });
    }
    expect(await home.read('regctl')).not.toContain('secret');
    const logins = await findLogins({ files: home.files, runner }, [A, B]);
    expect(logins.map(({ client, where }) => `${client} ${where}`)).toEqual([
      'docker helper',
      'docker helper',
      'podman helper',
      'podman helper',
    ]);
    await forgetLogins({ files: home.files, runner }, logins);
    for (const client of ['docker', 'podman'] as const) expect(await home.read(client)).toBe(others);
  });

  it('takes no registry from another helper’s store', async () => {
    await using home = await makeHome();
    await home.write('docker', '{"credsStore":"desktop"}');
    await registerHelper(home.files, ['docker'], [A]);
    expect(JSON.parse(await home.read('docker'))).toEqual({ credsStore: 'desktop', credHelpers: { [A]: 'devreg' } });
  });
});
