/** `registry backup`, `restore` and `scrub`: files and streams, exit codes, and a restore that is killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { pushImage } from './support/image.ts';
import { type RunningProgram, startProgram } from './support/processes.ts';
import { ENV, SCRIPT, type World, makeWorld, normalise } from './support/world.ts';

const SERVE = ['registry', 'serve', '--listen', '127.0.0.1:0', '--tls', 'off', '--data-dir'];

async function urlOf(program: RunningProgram): Promise<string> {
  await program.waitFor('"tls":');
  const lines = program.output().stdout.split('\n');
  const line = lines.find((one) => one.includes('"listening"')) ?? '{}';
  return `http://localhost:${(JSON.parse(line) as { port: number }).port}`;
}

/** Blobs in a folder, by name. */
async function blobsIn(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'blobs'), { recursive: true }).catch((): string[] => []);
  return names.filter((name) => /[0-9a-f]{64}$/.test(name));
}

async function serveImage(world: World): Promise<RunningProgram> {
  const program = startProgram([...SERVE, 'images'], world.home);
  expect(await pushImage({ url: await urlOf(program) }, 'app')).toBe(201);
  return program;
}

it('finds the data of a registry that create made, by its name or because there is no other', async () => {
  await using world = await makeWorld();
  const none = await world.run(['backup', 'none.tar', '--name', 'one']);
  expect([none.exitCode, none.stderr]).toEqual([3, expect.stringContaining('REGISTRY_NOT_FOUND')]);
  await world.succeed(['create', '--name', 'one', '--provider', 'process', '--port', '0', '--registry-port', '0']);
  expect((await world.succeed(['backup', 'only.tar'])).stderr).toContain('registries/one');
  expect((await world.succeed(['registry', 'gc', '--name', 'one', '--dry-run'])).stderr).toContain('registries/one');
  const both = await world.run(['registry', 'scrub', '--name', 'one', '--data-dir', 'x']);
  expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining('OPTIONS_CLASH')]);
});

it('copies a registry that runs to another folder, scrubs it, and says what is wrong with it', async () => {
  await using world = await makeWorld();
  await using _program = await serveImage(world);
  const first = await world.succeed(['backup', 'all.tar', '--data-dir', 'images']);
  expect(first.stdout).toBe('');
  expect(first.stderr).toMatch(/The backup has \d blobs of \d+ bytes\./);
  await world.succeed(['registry', 'backup', 'new.tar', '--since', 'all.tar', '--data-dir', 'images']);
  expect((await world.run(['registry', 'restore', 'new.tar', '--data-dir', 'copy'])).stderr).toContain(
    'BACKUP_INCOMPLETE',
  );
  const restored = await world.succeed(['restore', 'new.tar', '--since', 'all.tar', '--data-dir', 'copy']);
  expect(restored.stdout).toMatch(/^Restored \d blobs/);
  const again = await world.run(['registry', 'restore', 'all.tar', '--data-dir', 'copy']);
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain('FOLDER_NOT_EMPTY');

  const scrub = ['registry', 'scrub', '--data-dir', 'copy', '-o', 'json'];
  expect(JSON.parse((await world.succeed(scrub)).stdout)).toMatchObject({ findings: [] });
  const [name = ''] = await blobsIn(join(world.home, 'copy'));
  await rm(join(world.home, 'copy/blobs', name));
  const { exitCode, stdout, stderr } = await world.run(scrub);
  expect(exitCode).toBe(8);
  expect(JSON.parse(stdout)).toMatchObject({ findings: [{ kind: 'missing', path: `blobs/${name}` }] });
  expect(stderr).toContain('SCRUB_FOUND');
  const lacking = await world.run(['registry', 'backup', 'lacking.tar', '--data-dir', 'copy']);
  expect(lacking.exitCode).toBe(8);
  expect(lacking.stderr).toContain('CONTENT_LOST');
  expect((await world.run(['registry', 'restore', 'lacking.tar', '--data-dir', 'other'])).exitCode).toBe(8);
});

it('says what is no backup, no registry, and nothing to look at', async () => {
  await using world = await makeWorld({ withAuthority: false });
  await mkdir(join(world.home, 'empty'));
  await writeFile(join(world.home, 'text'), 'x'.repeat(2_000));
  const fail = async (argv: readonly string[], changes = {}) => {
    const { exitCode, stderr } = await world.run(['registry', ...argv], changes);
    return `${exitCode} ${normalise(stderr, world)}`;
  };
  expect(await fail(['restore', 'text', '--data-dir', 'new'])).toMatch(/^1 [^]*BACKUP_UNREADABLE/);
  expect(await fail(['restore', '-', '--data-dir', 'new'], { input: '' })).toMatch(/^1 [^]*BACKUP_CUT_OFF/);
  expect(await fail(['restore', 'gone', '--data-dir', 'new'])).toMatch(/^1 [^]*There is no <home>\/gone/);
  expect(await readdir(world.home)).not.toContain('new');
  expect(await fail(['restore', 'gone', '--data-dir', 'a/b'])).toMatch(/^1 /);
  expect(await readdir(world.home)).not.toContain('a');
  expect(await fail(['restore', 'gone', '--data-dir', '/proc/x'])).toMatch(/^2 [^]*DATA_FOLDER_REFUSED/);
  expect(await fail(['restore', 'text'])).toMatch(/^2 [^]*OPTION_MISSING/);
  expect(await fail(['backup', 'x.tar', '--data-dir', 'empty'])).toMatch(/^1 [^]*no registry has kept data in it/);
  expect(await fail(['backup', '-', '--data-dir', 'empty'], { isTerminal: true })).toMatch(/^2 [^]*OUTPUT_IS_TERMINAL/);
  expect(await fail(['scrub', '--data-dir', 'empty'])).toMatch(/^1 [^]*no registry has kept data in it/);
  expect((await readdir(world.home)).includes('x.tar')).toBe(false);
  expect(await readdir(join(world.home, 'empty'))).toEqual([]);
});

it('leaves nothing that looks whole when a restore from a stream is killed', async () => {
  await using world = await makeWorld({ withAuthority: false });
  await using _program = await serveImage(world);
  const whole = (await startToEnd(world, ['backup', '-', '--data-dir', 'images'])).stdout;
  const copy = join(world.home, 'copy');
  const child = spawn(execPath, [SCRIPT, 'registry', 'restore', '-', '--data-dir', copy], {
    cwd: world.home,
    env: { HOME: world.home, ...ENV },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(child, 'close');
  child.stdin.write(whole.subarray(0, whole.indexOf('end.json')));
  while ((await blobsIn(copy)).length === 0) await new Promise(setImmediate);
  child.kill('SIGKILL');
  await ended;
  expect(await readdir(copy)).not.toContain('metadata.db');
  await using serving = startProgram([...SERVE, 'copy'], world.home);
  expect(await Promise.race([serving.ended, serving.waitFor('"listening"')])).toMatchObject({ code: 1 });
  expect(serving.output().stderr).toContain('a restore into it did not come to its end');
  for (const argv of [['restore', 'x.tar'], ['rebuild'], ['gc'], ['scrub'], ['backup', 'y.tar']])
    expect((await world.run(['registry', ...argv, '--data-dir', 'copy'])).exitCode, argv[0]).toBe(1);
  await rm(copy, { recursive: true });
  await writeFile(join(world.home, 'x.tar'), whole);
  await world.succeed(['registry', 'restore', 'x.tar', '--data-dir', 'copy']);
  await using restored = startProgram([...SERVE, 'copy'], world.home);
  expect((await fetch(`${await urlOf(restored)}/v2/app/tags/list`)).status).toBe(200);
  expect(await readFile(join(world.home, 'x.tar'))).toEqual(whole);
});

/** Runs the program in a process of its own. */
async function startToEnd(world: World, argv: readonly string[]): Promise<{ readonly stdout: Buffer }> {
  const child = spawn(execPath, [SCRIPT, 'registry', ...argv], { cwd: world.home, env: { HOME: world.home, ...ENV } });
  const [pieces, stderr] = await Promise.all([Array.fromAsync<Buffer>(child.stdout), text(child.stderr)]);
  if (pieces.length === 0) throw new Error(stderr);
  return { stdout: Buffer.concat(pieces) };
}
