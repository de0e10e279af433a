/** `registry serve` and `registry rebuild`, in this process and in their own (S2-01, S2-02, S2-09). */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { basic, listImages, pushImage } from './support/image.ts';
import { type RunningProgram, startProgram } from './support/processes.ts';
import { treeOf } from './support/tree.ts';
import { makeWorld, normalise } from './support/world.ts';

const ANYWHERE = ['--listen', '127.0.0.1:0'];

/** Where a program that serves listens, as its log says. */
async function portOf(program: RunningProgram): Promise<number> {
  await program.waitFor('"listening"');
  await program.waitFor('"tls":');
  const line =
    program
      .output()
      .stdout.split('\n')
      .find((text) => text.includes('"listening"')) ?? '{}';
  return (JSON.parse(line) as { port: number }).port;
}

it('serves this machine without a login, logs on standard output, talks on standard error, and ends by SIGTERM', async () => {
  await using world = await makeWorld();
  await using program = startProgram(['registry', 'serve', ...ANYWHERE], world.home, {
    REGISTRY_LOG_FORMATTER: 'text',
  });
  const port = await portOf(program);
  await program.waitFor('End it with');
  const url = `http://localhost:${port}`;
  expect(await pushImage({ url }, 'ansible-playbook')).toBe(201);
  expect(await (await fetch(`${url}/v2/_catalog`)).text()).toBe('{"repositories":["ansible-playbook"]}\n');
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  const { stdout, stderr } = program.output();
  for (const line of stdout.trimEnd().split('\n'))
    expect(JSON.parse(line)).toMatchObject({
      time: expect.any(String),
      level: expect.any(String),
      event: expect.any(String),
    });
  expect(normalise(stderr, world)).toMatchInlineSnapshot(`
    "warning: Without effect here: REGISTRY_LOG_FORMATTER.
    Serving http and https at 127.0.0.1:<port>, with images in <home>/.local/share/devreg/standalone.
    Anybody on this machine may push, unless these data have users from before.
    End it with ^C.
    "
  `);
  expect(Object.keys(await treeOf(join(world.home, '.config')))).toEqual([]);
});

it('lets an administrator in, by password from standard input or a file, and by token', async () => {
  await using world = await makeWorld();
  await writeFile(join(world.home, 'pw'), 'from a file\r\n');
  await writeFile(join(world.home, 'token'), `devreg_${'0'.repeat(60)}\n`);
  const flags = ['--user', 'admin', '--password-file', 'pw', '--token-file', 'token', '--tls', 'off'];
  await using program = startProgram(['registry', 'serve', ...ANYWHERE, ...flags], world.home);
  const url = `http://localhost:${await portOf(program)}`;
  expect(await pushImage({ url }, 'app')).toBe(401);
  expect(await pushImage({ url, authorization: basic('admin', 'from a file') }, 'app')).toBe(201);
  expect(await pushImage({ url, authorization: `Bearer devreg_${'0'.repeat(60)}` }, 'app')).toBe(201);
  await program.waitFor('Pushing needs a login, as admin; pulling does not.');
});

it('takes over another password from its file, and by SIGHUP, which does not end it', async () => {
  await using world = await makeWorld();
  const file = join(world.home, 'pw');
  await writeFile(file, 'before');
  const flags = ['--user', 'admin', '--password-file', 'pw', '--tls', 'off'];
  await using program = startProgram(['registry', 'serve', ...ANYWHERE, ...flags], world.home);
  const url = `http://localhost:${await portOf(program)}`;
  expect(await pushImage({ url, authorization: basic('admin', 'before') }, 'app')).toBe(201);
  await writeFile(file, 'after');
  await program.waitFor('"event":"settings.reloaded","names":"users"');
  expect(await pushImage({ url, authorization: basic('admin', 'before') }, 'app')).toBe(401);
  expect(await pushImage({ url, authorization: basic('admin', 'after') }, 'app')).toBe(201);
  program.child.kill('SIGHUP');
  await program.waitFor('"event":"settings.reloaded","names":""');
  await rm(file);
  await program.waitFor('"event":"settings.kept"');
  expect(await pushImage({ url, authorization: basic('admin', 'after') }, 'app')).toBe(201);
  program.child.kill('SIGTERM');
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

describe('does not start', () => {
  it.each([
    [
      ['--listen', '0.0.0.0:0'],
      {},
      2,
      'USERS_NEEDED',
      'Name an administrator with --user and --password-file, or let everybody in with --anonymous-push.',
    ],
    [['--san', 'server01'], {}, 2, 'NAME_OUTSIDE_CA', 'Give a certificate of your own with --tls-cert and --tls-key'],
    [['--tls-cert', 'gone', '--tls-key', 'gone'], {}, 2, 'FILE_MISSING', 'There is no file <home>/gone.'],
    [
      ['--tls-cert', 'file', '--tls-key', 'file'],
      {},
      2,
      'TLS_FILES_INVALID',
      'are not a certificate in PEM and its key',
    ],
    [['--user', 'x', '--password-file', 'gone'], {}, 2, 'FILE_MISSING', 'There is no file <home>/gone.'],
    [['--user', 'x', '--password-file', 'empty'], {}, 2, 'SECRET_EMPTY', 'There is nothing in <home>/empty.'],
    [['--user', 'x', '--password-stdin'], {}, 2, 'SECRET_EMPTY', 'There is nothing in standard input.'],
    [['--user', 'x', '--password-file', 'large'], {}, 2, 'SECRET_TOO_LONG', 'too long'],
    [
      ['--listen', '192.0.2.1:0', '--anonymous-push'],
      {},
      2,
      'ADDRESS_UNKNOWN',
      'This machine cannot be reached as 192.0.2.1.',
    ],
    [
      ['--data-dir', 'file', '--tls', 'off'],
      {},
      1,
      'PATH_BLOCKED',
      'Cannot use <home>/file: something else is in its place.',
    ],
    [
      [],
      { REGISTRY_AUTH_HTPASSWD_PATH: '/x' },
      2,
      'ENVIRONMENT_REFUSED',
      'REGISTRY_AUTH_HTPASSWD_PATH is not supported',
    ],
    [[], { REGISTRY_HTTP_ADDR: 'x y' }, 2, 'ENVIRONMENT_REFUSED', 'REGISTRY_HTTP_ADDR=x y is not understood.'],
  ])('with %j and %j', async (flags, env, exitCode, code, words) => {
    await using world = await makeWorld();
    for (const [name, text] of [
      ['file', 'x'],
      ['empty', '\n'],
      ['large', 'x'.repeat(5_000)],
    ] as const)
      await writeFile(join(world.home, name), text);
    const listen = flags[0] === '--listen' ? [] : ANYWHERE;
    const result = await world.run(['registry', 'serve', ...listen, ...flags], { env });
    expect({ exitCode: result.exitCode, stdout: result.stdout }).toEqual({ exitCode, stdout: '' });
    expect(normalise(result.stderr, world)).toContain(words);
    expect(result.stderr).toContain(`code: ${code}\n`);
  });

  it('on a port or a folder that somebody has, and names them', async () => {
    await using world = await makeWorld();
    await using program = startProgram(
      ['registry', 'serve', ...ANYWHERE, '--data-dir', 'images', '--tls', 'off'],
      world.home,
    );
    const port = await portOf(program);
    const onPort = await world.run(['registry', 'serve', '--listen', `127.0.0.1:${port}`, '--tls', 'off']);
    expect(onPort.exitCode).toBe(5);
    expect(onPort.stderr).toContain(`Port ${port} is in use by process ${program.child.pid} (`);
    const onFolder = await world.run(['registry', 'serve', ...ANYWHERE, '--data-dir', 'images', '--tls', 'off']);
    expect(onFolder.exitCode).toBe(5);
    expect(normalise(onFolder.stderr, world)).toContain(`<home>/images is in use by process ${program.child.pid} (`);
  });
});

it('takes no folder of the system for its own, and ~/ for the home folder', async () => {
  await using world = await makeWorld();
  for (const argv of [['registry', 'serve', ...ANYWHERE], ['create']]) {
    const result = await world.run([...argv, '--data-dir', '/proc/x']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('/proc/x is no place for images');
  }
  await using program = startProgram(['registry', 'serve', ...ANYWHERE, '--data-dir=~/images'], world.home);
  await program.waitFor('End it with');
  expect(normalise(program.output().stderr, world)).toContain('with images in <home>/images.');
});

it('ends in this process when told to, and says nothing but warnings at that level', async () => {
  await using world = await makeWorld();
  const controller = new AbortController();
  const onStderr = () => controller.abort();
  const result = await world.run(['registry', 'serve', '--listen', '0.0.0.0:0', '--anonymous-push', '-l', 'warn'], {
    signal: controller.signal,
    onStderr,
  });
  expect(result).toEqual({
    stdout: '',
    stderr: 'warning: Anybody who reaches this registry may push and delete.\n',
    exitCode: 0,
  });
});

describe('rebuild', () => {
  it('finds the images again when the database is lost, and keeps the one there was', async () => {
    await using world = await makeWorld();
    const flags = ['registry', 'serve', ...ANYWHERE, '--data-dir', 'images', '--tls', 'off'];
    await using first = startProgram(flags, world.home);
    await pushImage({ url: `http://localhost:${await portOf(first)}` }, 'team/app');
    first.child.kill('SIGTERM');
    await first.ended;
    const database = join(world.home, 'images/metadata.db');
    await writeFile(database, 'not a database any more');

    const { stdout } = await world.succeed(['registry', 'rebuild', '--data-dir', 'images', '-o', 'json']);
    const report = JSON.parse(stdout);
    expect(report).toEqual({
      repositories: 1,
      manifests: 1,
      lost: 0,
      backup: expect.stringMatching(/images\/metadata\.db\.backup-2/),
    });
    expect(await readFile(report.backup, 'utf8')).toBe('not a database any more');
    await using second = startProgram(flags, world.home);
    expect(await listImages({ url: `http://localhost:${await portOf(second)}` })).toEqual({
      repositories: ['team/app'],
    });
  });

  it('says what is lost, in words', async () => {
    await using world = await makeWorld();
    const flags = ['registry', 'serve', ...ANYWHERE, '--data-dir', 'images', '--tls', 'off'];
    await using first = startProgram(flags, world.home);
    await pushImage({ url: `http://localhost:${await portOf(first)}` }, 'team/app');
    first.child.kill('SIGTERM');
    await first.ended;
    await rm(join(world.home, 'images/blobs/sha256'), { recursive: true });
    const { stdout } = await world.succeed(['registry', 'rebuild', '--data-dir', 'images']);
    expect(normalise(stdout, world)).toMatch(
      /^Found 0 manifests in 1 repository\.\n1 manifest is gone or damaged; push those images again\.\nThe database as it was is kept as <home>\/images\/metadata\.db\.backup-\S+\.\n$/,
    );
  });

  it('touches nothing while a registry runs, nor in a folder that is none of a registry', async () => {
    await using world = await makeWorld();
    await using program = startProgram(
      ['registry', 'serve', ...ANYWHERE, '--data-dir', 'images', '--tls', 'off'],
      world.home,
    );
    await portOf(program);
    const busy = await world.run(['registry', 'rebuild', '--data-dir', 'images']);
    expect(busy).toMatchObject({ exitCode: 5, stdout: '' });
    expect(busy.stderr).toContain(`is in use by process ${program.child.pid}`);
    expect((await readdir(join(world.home, 'images'))).filter((name) => name.includes('backup'))).toEqual([]);

    await mkdir(join(world.home, 'other'));
    const other = await world.run(['registry', 'rebuild', '--data-dir', 'other']);
    expect(normalise(other.stderr, world)).toContain(
      'error: The data folder <home>/other cannot be used: no registry has kept data in it.',
    );
    expect(await readdir(join(world.home, 'other'))).toEqual([]);
  });
});
