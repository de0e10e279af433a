/** The container's door as a process: what it serves, what it refuses, and with which code it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAccessToken } from '../../src/registry/auth/access-token.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { basicOf, newPassword } from '../support/accounts.ts';
import { newPair } from '../support/certificates.ts';

const MAIN = join(import.meta.dirname, '../../src/registry/main.ts');

interface Door extends AsyncDisposable {
  /** The line of the log with this event that comes after so many of them. */
  line(event: string, after?: number): Promise<Readonly<Record<string, unknown>>>;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  kill(signal: NodeJS.Signals): void;
}

let root: string;
let folders: Awaited<ReturnType<typeof mkdtempDisposable>>;
let count = 0;

beforeAll(async () => {
  folders = await mkdtempDisposable(join(tmpdir(), 'devreg-door-'));
  root = folders.path;
});
afterAll(() => folders?.[Symbol.asyncDispose]());

/** Starts the program with a data folder of its own. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Door {
  const surroundings = {
    PATH: process.env['PATH'],
    // What was compiled once loads in half the time.
    NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
    REGISTRY_HTTP_ADDR: '127.0.0.1:0',
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(root, `data-${count++}`),
    ...env,
  };
  const child = spawn(execPath, [MAIN, ...args], { env: surroundings, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code, stdout: lines.join('\n'), stderr }));
  const gone = ended.then(({ stdout }) => Promise.reject(new Error(`It ended: ${stdout} ${stderr}`)));
  gone.catch(() => undefined);
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    async line(event, after = 0) {
      const find = () => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event)[after];
      for (let found = find(); ; found = find()) {
        if (found !== undefined) return found;
        await Promise.race([once(reader, 'line'), gone]);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function file(name: string, text: string): Promise<string> {
  const path = join(root, `${count++}-${name}`);
  await writeFile(path, text);
  return path;
}

const problemsOf = (stdout: string) =>
  stdout
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level === 'error')
    .map(({ problem }) => problem);

describe('the door', () => {
  it('serves everybody, says so, and ends on SIGTERM (S2-09)', async () => {
    await using door = start([]);
    const { port } = await door.line('listening');
    const posted = await fetch(`http://127.0.0.1:${port}/v2/a/blobs/uploads/`, { method: 'POST' });
    expect(posted.status).toBe(202);
    expect(await door.line('open')).toMatchObject({ level: 'warn' });
    door.kill('SIGTERM');
    expect(await door.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('lets only the administrator write where there is one, by password or token', async () => {
    const [password, token] = [newPassword(), newAccessToken()];
    await using door = start(['serve'], {
      DEVREG_USER: 'admin',
      DEVREG_PASSWORD_FILE: await file('password', `${password}\n`),
      DEVREG_TOKEN_FILE: await file('token', token),
    });
    const { port } = await door.line('listening');
    const post = async (authorization?: string) => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await fetch(`http://127.0.0.1:${port}/v2/a/blobs/uploads/`, { method: 'POST', headers })).status;
    };
    expect(await post()).toBe(401);
    expect(await post(basicOf('admin', 'wrong'))).toBe(401);
    expect(await post(basicOf('admin', password))).toBe(202);
    expect(await post(basicOf('admin', token))).toBe(202);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    door.kill('SIGTERM');
    expect((await door.ended).stdout).not.toContain('"open"');
  });

  it('reads a configuration file, and tells what of it has no effect', async () => {
    const path = await file(
      'config.yml',
      'version: 0.1\nstorage: {delete: {enabled: false}}\nlog: {formatter: text}\n',
    );
    await using door = start(['serve', path]);
    const { port } = await door.line('listening');
    expect(await door.line('settings.ignored')).toMatchObject({ names: 'REGISTRY_LOG_FORMATTER' });
    const deleted = await fetch(`http://127.0.0.1:${port}/v2/a/manifests/x`, { method: 'DELETE' });
    expect(deleted.status).toBe(405);
  });

  it('takes over a changed configuration, by itself and by SIGHUP, and keeps the one before where it is wrong', async () => {
    const folder = join(root, `config-${count++}`);
    await mkdir(folder);
    const path = join(folder, 'config.yml');
    const write = (text: string) => writeFile(path, `version: 0.1\n${text}`);
    await write('storage: {delete: {enabled: true}}\n');
    await using door = start(['serve', path]);
    const { port } = await door.line('listening');
    const deleted = async () => (await fetch(`http://127.0.0.1:${port}/v2/a/manifests/x`, { method: 'DELETE' })).status;
    expect(await deleted()).toBe(404);
    await write('storage: {delete: {enabled: false}}\n');
    expect(await door.line('settings.reloaded')).toMatchObject({ level: 'info', names: 'allowDelete' });
    expect(await deleted()).toBe(405);
    await write('storage: {delete: {enabled: perhaps}}\n');
    expect(await door.line('settings.kept')).toMatchObject({
      level: 'error',
      problem: expect.stringMatching(/DELETE_ENABLED=perhaps is not understood.*config\.yml/),
    });
    expect(await deleted()).toBe(405);
    await write('storage: {delete: {enabled: false}}\nhttp: {draintimeout: 1s}\n');
    await door.line('settings.reloaded', 1);
    await write('storage: {filesystem: {rootdirectory: /elsewhere}}\n');
    // A variable says where the data are, so nothing waits for a restart.
    await door.line('settings.reloaded', 2);
    expect(await deleted()).toBe(404);
    door.kill('SIGHUP');
    await door.line('settings.reloaded', 3);
    door.kill('SIGTERM');
    const { code, stdout } = await door.ended;
    expect([code, stdout.includes('settings.waiting')]).toEqual([0, false]);
  });

  it('takes over another password from its file', async () => {
    const folder = join(root, `secrets-${count++}`);
    await mkdir(folder);
    const path = join(folder, 'password');
    const [before, after] = [newPassword(), newPassword()];
    await writeFile(path, before);
    await using door = start(['serve'], { DEVREG_USER: 'admin', DEVREG_PASSWORD_FILE: path });
    const { port } = await door.line('listening');
    const post = async (password: string) => {
      const headers = { authorization: basicOf('admin', password) };
      return (await fetch(`http://127.0.0.1:${port}/v2/a/blobs/uploads/`, { method: 'POST', headers })).status;
    };
    expect(await post(before)).toBe(202);
    await writeFile(path, '');
    expect(await door.line('settings.kept')).toMatchObject({ problem: `There is nothing in ${path}.` });
    expect(await post(before)).toBe(202);
    await writeFile(path, after);
    expect(await door.line('settings.reloaded')).toMatchObject({ names: 'users' });
    expect([await post(before), await post(after)]).toEqual([401, 202]);
  });

  it('collects garbage beside a registry, and while none serves (S3-14)', async () => {
    const data = { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(root, 'garbage'), DEVREG_GC_LEASE: '1ms' };
    const config = await file('config.yml', 'version: 0.1\n');
    const words = ['garbage-collect', '--delete-untagged', config];
    await using door = start([], data);
    const { port } = await door.line('listening');
    const digest = digestOf('garbage');
    const posted = await fetch(`http://127.0.0.1:${port}/v2/a/blobs/uploads/?digest=${digest}`, {
      method: 'POST',
      body: 'garbage',
    });
    expect(posted.status).toBe(201);
    await using dry = start([...words, '--dry-run'], data);
    expect(await dry.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Would remove 1 blob') });
    await using told = start([...words, '--dry-run', '--json'], data);
    const [report = ''] = (await told.ended).stdout.split('\n').filter((line) => line.includes('"report"'));
    expect(JSON.parse(report)).toMatchObject({ report: { isDryRun: true, blobs: 1 } });
    await using beside = start(words, data);
    expect(await beside.ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Removed 1 blob'),
      stderr: '',
    });
    expect(await door.line('gc.finished')).toMatchObject({ isDryRun: true, blobs: 1 });
    door.kill('SIGTERM');
    await door.ended;
    await using alone = start([...words, '--quiet'], data);
    expect(await alone.ended).toEqual({ code: 0, stdout: '', stderr: '' });
    await using nowhere = start(words);
    const { code, stdout } = await nowhere.ended;
    expect([code, problemsOf(stdout)]).toEqual([1, [expect.stringContaining('no registry has kept data in it')]]);
  });

  it('shows how it is used', async () => {
    await using asked = start(['--help']);
    await using wrong = start(['frob']);
    expect(await asked.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('usage: '), stderr: '' });
    expect(await wrong.ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('frob') });
  });
});

describe('the door stays shut, with one line,', () => {
  async function refused(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
    await using door = start(args, env);
    const { code, stdout, stderr } = await door.ended;
    expect(stderr).toBe('');
    return { code, problems: problemsOf(stdout) };
  }

  it('when settings make no sense', async () => {
    expect(await refused({ REGISTRY_AUTH: 'htpasswd' })).toEqual({
      code: 2,
      problems: [expect.stringContaining('AUTH')],
    });
    expect(await refused({}, ['serve', '/nowhere/c.yml'])).toEqual({
      code: 2,
      problems: ['There is no configuration file /nowhere/c.yml.'],
    });
    expect(await refused({ DEVREG_USER: 'a', DEVREG_PASSWORD_FILE: '/nowhere/p' })).toEqual({
      code: 2,
      problems: ['There is no file /nowhere/p.'],
    });
  });

  it('when nobody could log in', async () => {
    const env = { REGISTRY_HTTP_ADDR: '0.0.0.0:0', DEVREG_ANONYMOUS_PUSH: 'false' };
    expect(await refused(env)).toEqual({ code: 2, problems: [expect.stringContaining('DEVREG_USER')] });
  });

  it('when another listens', async () => {
    await using other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await refused({ REGISTRY_HTTP_ADDR: `127.0.0.1:${port}` })).toEqual({
      code: 5,
      problems: [`Another program listens on 127.0.0.1:${port} already.`],
    });
  });

  it('when another works on the data', async () => {
    const data = { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(root, 'shared') };
    await using first = start([], data);
    await first.line('listening');
    expect(await refused(data)).toEqual({ code: 5, problems: [expect.stringContaining('is in use by process')] });
  });

  it('when the data folder cannot be written to', async () => {
    const folder = join(root, 'closed');
    await mkdir(folder);
    await chmod(folder, 0o555);
    const isRoot = process.getuid?.() === 0;
    // Root may write everywhere but into what is no folder.
    const path = isRoot ? join(MAIN, 'data') : folder;
    const { code, problems } = await refused({ REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: path });
    expect(code).toBe(1);
    expect(problems).toEqual([expect.stringMatching(isRoot ? /cannot be used: ENOTDIR/ : /is not open to user \d+/)]);
  });

  it('when certificate and key are none', async () => {
    const { cert } = await newPair();
    const certFile = await file('cert.pem', cert);
    const withKey = (key: string) => ({ REGISTRY_HTTP_TLS_CERTIFICATE: certFile, REGISTRY_HTTP_TLS_KEY: key });
    expect(await refused(withKey('/nowhere/k'))).toEqual({
      code: 2,
      problems: ['The file /nowhere/k cannot be read: ENOENT.'],
    });
    expect(await refused(withKey(await file('key.pem', 'nothing')))).toEqual({
      code: 2,
      problems: [expect.stringContaining('are not a certificate in PEM and its key')],
    });
  });
});
