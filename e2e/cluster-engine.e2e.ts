/** Docker as the engine, logins of docker and podman, and a hosts file that can only be written in place. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectEngine } from '../src/engine/detect-engine.ts';
import { createDockerEngine } from '../src/engine/docker-engine.ts';
import { createRunner } from '../src/process/execa-runner.ts';
import { clientFiles } from '../src/trust/client-files.ts';
import { loginClients } from '../src/trust/client-login.ts';
import { findLogins, forgetLogins } from '../src/trust/client-logins.ts';
import { holdToContract } from './support/contract-containers.ts';
import { SMALL, WITH_SHELL } from './support/image-names.ts';

describe('Docker', () => {
  const held = holdToContract('docker', ['--network', 'bridge']);

  it('is on this machine, unless a variable says otherwise', async () => {
    expect(await held.engine.isRemote()).toBe(false);
    const elsewhere = createRunner({ ...process.env, DOCKER_HOST: 'tcp://127.0.0.1:9' });
    expect(await createDockerEngine(elsewhere).isRemote()).toBe(true);
    await expect(createDockerEngine(elsewhere).findImage(SMALL)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
  });

  it('stops saving when nobody wants the archive', async () => {
    const archive = held.engine.saveImage(WITH_SHELL);
    await once(archive, 'readable');
    archive.destroy();
    await expect.poll(() => runningLike(`save -- ${WITH_SHELL}`)).toBe(false);
  });

  it('keeps a paused container’s port, which does not run', async () => {
    const { engine, running, call } = held;
    call('pause', running);
    try {
      const [paused] = (await engine.listContainers('devreg.odd')).filter(({ name }) => name === running);
      expect(paused).toMatchObject({ isRunning: false, ports: [{ containerPort: 80 }] });
    } finally {
      call('unpause', running);
    }
  });
});

describe('an engine that does not answer', () => {
  it.each([
    ['unix:///run/devreg-no-such.sock', /does not answer: .*devreg-no-such\.sock/, /systemctl start docker/],
    ['tcp://127.0.0.1:9', /does not answer: .*127\.0\.0\.1:9/, /DOCKER_HOST/],
  ])('at %s is told of with the way out', async (host, message, hint) => {
    const runner = createRunner({ ...process.env, DOCKER_HOST: host });
    await expect(detectEngine(runner, 'docker')).rejects.toMatchObject({
      kind: 'prerequisite',
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });
});

describe('docker and podman', () => {
  it('log in to a registry with the password of its user, and out again', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-login-'));
    const home = folder.path;
    const env = {
      ...process.env,
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      DOCKER_CONFIG: join(home, '.docker'),
      REGISTRY_AUTH_FILE: join(home, 'auth.json'),
    };
    const runner = createRunner(env);
    const password = randomBytes(12).toString('base64url');
    const program = [join(import.meta.dirname, '../src/cli/main.ts'), 'registry', 'serve', '--user', 'giteaAdmin'];
    const options = ['--password-stdin', '--listen', '127.0.0.1:0', '--data-dir', join(home, 'images')];
    const registry = runner.start({
      program: process.execPath,
      args: [...program, ...options],
      input: password,
      env: { REGISTRY_AUTH_FILE: undefined },
    });
    try {
      const [log] = (await once(registry.stdout, 'data')) as [Buffer];
      const name = `localhost:${/"port":(\d+)/.exec(log.toString())?.[1]}`;
      await trustByPodman(home, name);
      const files = clientFiles({ platform: process.platform, home, uid: process.getuid?.(), env });
      const request = { registries: [name], user: 'giteaAdmin', password, files };
      expect(await loginClients(runner, request)).toEqual([
        { client: 'docker', registry: name, outcome: 'done' },
        { client: 'podman', registry: name, outcome: 'done' },
      ]);
      for (const file of ['.docker/config.json', 'auth.json']) {
        expect(JSON.parse(await readFile(join(home, file), 'utf8')).auths).toHaveProperty([name]);
      }
      for (const result of await loginClients(runner, { ...request, password: 'wrong' })) {
        expect(result).toMatchObject({
          outcome: 'failed',
          reason: expect.stringMatching(/unauthorized|invalid username/i),
        });
      }
      const logins = await findLogins({ files, runner }, [name]);
      expect(logins.map(({ client, user }) => `${client} ${user}`)).toEqual(['docker giteaAdmin', 'podman giteaAdmin']);
      await forgetLogins({ files, runner }, logins);
      expect(await findLogins({ files, runner }, [name])).toEqual([]);
      for (const file of ['.docker/config.json', 'auth.json']) {
        expect(await readFile(join(home, file), 'utf8')).not.toContain(name);
      }
    } finally {
      registry.stop();
      await registry.done.catch(() => {});
    }
  });
});

describe('a hosts file that is mounted by itself, as in containers', () => {
  it('is written in place', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-hosts-'));
    const file = join(folder.path, 'hosts');
    await writeFile(file, '127.0.0.1 localhost\n');
    const script = `const { ensureHostNames, removeHostNames } = await import(${JSON.stringify(join(import.meta.dirname, '../src/trust/hosts-file-edit.ts'))});
      for (const cluster of ['one', 'two']) await ensureHostNames(process.argv[1], cluster, ['a.test']);
      await removeHostNames(process.argv[1], 'one');`;
    const mounted = 'mount --bind "$0" "$0" && exec "$1" -e "$2" "$0"';
    const args = ['--mount', 'sh', '-c', mounted, file, process.execPath, script];
    await createRunner(process.env).run({ program: 'unshare', args });
    expect(await readFile(file, 'utf8')).toBe('127.0.0.1 localhost\n127.0.0.1 a.test # devreg two\n');
    expect(await readdir(folder.path)).toEqual(['hosts']);
  });
});

/** Puts the CA where podman looks for it. */
async function trustByPodman(home: string, registry: string): Promise<void> {
  const ca = join(home, '.config/containers/certs.d', registry, 'ca.crt');
  await mkdir(dirname(ca), { recursive: true });
  await cp(join(home, 'data/devreg/ca/ca.crt'), ca);
}

/** Whether a process with such a command line is there. */
function runningLike(text: string): boolean {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .some((line) => line.startsWith('docker') && line.includes(text));
}
