/** A disk that turns read-only under a registry that serves, or full: reading goes on, writing is refused with the reason. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { type RunningRegistry, bootRegistry, testConfig } from '../support/registry-process.ts';
import { type SmallDisk, mountSmallDisk } from '../torture/small-disk.ts';

const run = promisify(execFile);
const TIMEOUT = { timeout: 120_000 };

async function startOn(disk: SmallDisk): Promise<RunningRegistry> {
  await mkdir(join(disk.path, 'data'));
  const config = testConfig({ dataDir: join(disk.innerPath, 'data') });
  return bootRegistry(undefined, disk.entering).open({ config });
}

interface Asked {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

async function ask({ port }: RunningRegistry, method: string, path: string, body?: string): Promise<Asked> {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body === undefined ? {} : { body }) });
  return { status: reply.status, text: await reply.text(), retryAfter: reply.headers.get('retry-after') };
}

const push = (registry: RunningRegistry, bytes: string) =>
  ask(registry, 'POST', `/v2/a/blobs/uploads/?digest=${digestOf(bytes)}`, bytes);
const pull = (registry: RunningRegistry, bytes: string) => ask(registry, 'GET', `/v2/a/blobs/${digestOf(bytes)}`);

/** The readiness, which is looked at afresh after a second. */
async function expectReadiness(registry: RunningRegistry, expected: string): Promise<void> {
  const look = async () => {
    const { status, text } = await ask(registry, 'GET', '/readyz');
    const detail = (JSON.parse(text) as { errors?: [{ detail: unknown }] }).errors?.[0].detail;
    return `${status} ${JSON.stringify(detail)}`;
  };
  await expect.poll(look, { timeout: 30_000, interval: 100 }).toBe(expected);
}

/** Lines are written some time after what they tell of. */
async function expectLogged(registry: RunningRegistry, line: RegExp): Promise<void> {
  await expect.poll(() => registry.output(), { timeout: 30_000 }).toMatch(line);
}

/** Another mount of the same folder, over it: its files can then be looked up, and nothing can be made. */
async function makeReadOnly(disk: SmallDisk): Promise<() => Promise<unknown>> {
  const [program = '', ...entering] = disk.entering;
  const data = join(disk.innerPath, 'data');
  const mount = (...words: string[]) => run(program, [...entering, ...words]);
  await mount('mount', '--bind', data, data);
  await mount('mount', '-o', 'remount,bind,ro', data);
  return () => mount('umount', data);
}

describe('a disk', () => {
  it('that turns read-only can be read; pushing is 503 until it is as it was', TIMEOUT, async () => {
    await using disk = await mountSmallDisk(32);
    await using registry = await startOn(disk);
    expect((await push(registry, 'before')).status).toBe(201);
    await expectReadiness(registry, '200 undefined');

    const restore = await makeReadOnly(disk);
    const refused = await push(registry, 'refused');
    expect(refused).toMatchObject({ status: 503, retryAfter: '5' });
    expect(JSON.parse(refused.text)).toEqual({ errors: [expect.objectContaining({ code: 'UNAVAILABLE' })] });
    expect(await pull(registry, 'before')).toMatchObject({ status: 200, text: 'before' });
    expect((await ask(registry, 'GET', '/v2/_catalog')).status).toBe(200);
    expect((await ask(registry, 'GET', '/livez')).status).toBe(200);
    await expectReadiness(registry, '503 {"storage":"read-only"}');
    await expectLogged(registry, /"event":"request.failed".*EROFS/);
    await expectLogged(registry, /"event":"unready","storage":"read-only"/);

    await restore();
    expect((await push(registry, 'refused')).status).toBe(201);
    await expectReadiness(registry, '200 undefined');
    await expectLogged(registry, /"event":"ready"/);
    expect(await pull(registry, 'refused')).toMatchObject({ status: 200, text: 'refused' });
  });

  it('that is full can be read; pushing is 507 until there is room', TIMEOUT, async () => {
    await using disk = await mountSmallDisk(16);
    await using registry = await startOn(disk);
    expect((await push(registry, 'before')).status).toBe(201);
    disk.takeBytes(0);
    expect(await push(registry, 'refused')).toMatchObject({ status: 507, retryAfter: '5' });
    expect(await pull(registry, 'before')).toMatchObject({ status: 200, text: 'before' });
    await expectReadiness(registry, '503 {"database":"no space left","storage":"no space left"}');
    disk.giveBack();
    await expectReadiness(registry, '200 undefined');
    expect((await push(registry, 'refused')).status).toBe(201);
  });
});
