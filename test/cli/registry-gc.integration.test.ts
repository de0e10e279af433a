/** `registry gc`, beside a registry that runs and while none does (S3-14). */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pushImage } from './support/image.ts';
import { type RunningProgram, startProgram } from './support/processes.ts';
import { makeWorld, normalise } from './support/world.ts';

const SERVE = [
  'registry',
  'serve',
  '--listen',
  '127.0.0.1:0',
  '--data-dir',
  'images',
  '--tls',
  'off',
  '--gc-lease',
  '1ms',
];
const GC = ['registry', 'gc', '--data-dir', 'images'];

async function urlOf(program: RunningProgram): Promise<string> {
  await program.waitFor('"tls":');
  const line =
    program
      .output()
      .stdout.split('\n')
      .find((text) => text.includes('"listening"')) ?? '{}';
  return `http://localhost:${(JSON.parse(line) as { port: number }).port}`;
}

/** Takes an image out of its repository; its blobs are left. */
async function deleteImage(url: string, repository: string): Promise<void> {
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const { tags } = (await (await fetch(`${url}/v2/${repository}/tags/list`)).json()) as { tags: string[] };
  const found = await fetch(`${url}/v2/${repository}/manifests/${tags[0]}`, { method: 'HEAD', headers: { accept } });
  const digest = found.headers.get('docker-content-digest');
  expect((await fetch(`${url}/v2/${repository}/manifests/${digest}`, { method: 'DELETE' })).status).toBe(202);
}

it('asks the registry that runs, says what would go and what went, and leaves other images', async () => {
  await using world = await makeWorld();
  await using program = startProgram(SERVE, world.home);
  const url = await urlOf(program);
  expect(await pushImage({ url }, 'kept')).toBe(201);
  expect(await pushImage({ url }, 'deleted')).toBe(201);
  await deleteImage(url, 'deleted');
  const { stdout, stderr } = await world.succeed([...GC, '--dry-run']);
  expect(stdout).toMatch(/^Would remove \d blobs? and 0 unfinished uploads: /);
  expect(normalise(stderr, world)).toContain('Looking for what no image needs in <home>/images');
  const report = JSON.parse((await world.succeed([...GC, '-o', 'json'])).stdout);
  expect(report).toMatchObject({ by: 'server', isDryRun: false, kept: 0, failures: 0 });
  expect(report.unlinked).toBeGreaterThan(0);
  expect(JSON.parse((await world.succeed([...GC, '-o', 'json'])).stdout)).toMatchObject({ unlinked: 0, blobs: 0 });
  expect((await fetch(`${url}/v2/kept/tags/list`)).status).toBe(200);
  await program.waitFor('"gc.finished"');
});

it('does it while no registry runs, but keeps what clients were just told of', async () => {
  await using world = await makeWorld();
  await using program = startProgram(SERVE, world.home);
  const url = await urlOf(program);
  await pushImage({ url }, 'deleted');
  await deleteImage(url, 'deleted');
  program.child.kill('SIGKILL');
  await program.ended;
  const kept = JSON.parse((await world.succeed([...GC, '-o', 'json'])).stdout);
  expect(kept).toMatchObject({ by: 'this process', unlinked: 0, keptUntil: expect.any(String) });
  expect(kept.kept).toBeGreaterThan(0);
  expect((await world.succeed(GC)).stdout).toContain('kept until 20');
});

it('says where there is nothing to collect from', async () => {
  await using world = await makeWorld({ withAuthority: false });
  await mkdir(join(world.home, 'empty'));
  const { exitCode, stderr } = await world.run(['registry', 'gc', '--data-dir', 'empty']);
  expect(exitCode).toBe(1);
  expect(normalise(stderr, world)).toContain('<home>/empty cannot be used: no registry has kept data in it.');
});
