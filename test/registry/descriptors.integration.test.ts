/** A process that may open few files: what is beyond waits or is refused, and all is well again afterwards. */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { type RunningRegistry, bootRegistry, testConfig } from '../support/registry-process.ts';
import { newFolder } from './metadata/new-database-path.ts';

/** What the process may open, a third of which it needs for itself. */
const DESCRIPTORS = 64;
const LIMITED = ['prlimit', `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`, '--'];

async function start(): Promise<RunningRegistry> {
  return bootRegistry(undefined, LIMITED).open({ config: testConfig({ dataDir: join(await newFolder(), 'data') }) });
}

async function push(port: number, bytes: string): Promise<number> {
  const path = `/v2/a/blobs/uploads/?digest=${digestOf(bytes)}`;
  const headers = { connection: 'close' };
  return (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: bytes, headers })).status;
}

/** Connects, and tells how it came out: still open, or closed by the server. */
async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

it('refuses connections beyond what it can serve, says so, and serves again', { timeout: 120_000 }, async () => {
  await using registry = await start();
  expect(await push(registry.port, 'before')).toBe(201);
  const sockets = await Promise.all(Array.from({ length: 3 * DESCRIPTORS }, () => open(registry.port)));
  await expect.poll(() => sockets.filter(({ closed }) => closed).length, { timeout: 60_000 }).toBeGreaterThan(100);
  await expect.poll(() => registry.output(), { timeout: 60_000 }).toContain('"connections.refused"');
  const kept = sockets.filter(({ closed }) => !closed);
  expect(kept.length).toBeGreaterThan(10);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => push(registry.port, 'after').catch(() => 0), { timeout: 60_000 }).toBe(201);
  registry.kill('SIGTERM');
  expect(await registry.exited).toEqual({ code: 0, signal: null });
});

it('answers what would open too many files with 503, and goes on afterwards', { timeout: 120_000 }, async () => {
  await using registry = await start();
  const origin = `http://127.0.0.1:${registry.port}`;
  // Uploads that are open take a file each, also while nobody sends.
  const statuses: number[] = [];
  const sessions: string[] = [];
  for (let count = 0; count < DESCRIPTORS && !statuses.includes(503); count++) {
    const begun = await fetch(`${origin}/v2/a/blobs/uploads/`, { method: 'POST' });
    const session = begun.headers.get('location') ?? '';
    sessions.push(session);
    statuses.push((await fetch(origin + session, { method: 'PATCH', body: 'some' })).status);
  }
  expect(statuses).toContain(503);
  expect(new Set(statuses)).toEqual(new Set([202, 503]));
  expect(registry.output()).toContain('EMFILE');
  expect((await fetch(`${origin}/v2/a/tags/list`)).status).toBe(404);
  const ready = await fetch(`${origin}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { errors: [expect.objectContaining({ code: 'UNAVAILABLE', detail: { storage: 'too many open files' } })] },
  ]);
  for (const session of sessions) await fetch(origin + session, { method: 'DELETE' });
  expect(await push(registry.port, 'after')).toBe(201);
  await expect.poll(async () => (await fetch(`${origin}/readyz`)).status, { timeout: 60_000 }).toBe(200);
  registry.kill('SIGTERM');
  expect(await registry.exited).toEqual({ code: 0, signal: null });
});
