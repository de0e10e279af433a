/** Crowds that do next to nothing: slow senders, slow readers, and connections that are idle. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { connectionsOf } from '../../src/registry/http/connection-limit.ts';
import { BODY_BATCH_PIECES, HEADERS_TIMEOUT_MS } from '../../src/registry/http/limits.ts';
import { type RunningRegistry, bootRegistry, testConfig } from '../../test/support/registry-process.ts';
import { readMemory } from '../support/process-memory.ts';

const MB = 1024 * 1024;
const CROWD = 1_000;

/** The system itself keeps up to two megabytes for each that does not read. */
const READERS = 300;

/** Each connection takes a descriptor on both sides; Node raises its limit to what the system lets it. */
const IDLE = Math.min(10_000, connectionsOf(hardLimit()) - 500);

/** Generous: the machine may be busy with other things. What is told to somebody else takes milliseconds by itself. */
const PROMPT_MS = 2_000;

let opened: AsyncDisposableStack;
let sockets: Socket[];
let registry: RunningRegistry;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  sockets = [];
  const folder = opened.use(await mkdtempDisposable(join(tmpdir(), 'devreg-crowd-')));
  registry = opened.use(await start(join(folder.path, 'data')));
  opened.defer(() => sockets.forEach((socket) => socket.destroy()));
});
afterEach(() => opened.disposeAsync());

function hardLimit(): number {
  const [, hard] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Number(hard ?? Infinity);
}

/** A thousand syncs at once would measure the disk. */
function start(dataDir: string, limit: readonly string[] = []): Promise<RunningRegistry> {
  return bootRegistry(undefined, limit).open({ config: testConfig({ dataDir, durability: 'fast' }) });
}

async function openSocket(port = registry.port): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

/** Some at a time: the system's queue of connections that wait is not endless. */
async function openMany(count: number, port = registry.port): Promise<Socket[]> {
  const all: Socket[] = [];
  while (all.length < count)
    all.push(...(await Promise.all(Array.from({ length: Math.min(200, count - all.length) }, () => openSocket(port)))));
  return all;
}

const origin = () => `http://127.0.0.1:${registry.port}`;

async function push(bytes: string): Promise<number> {
  const path = `/v2/a/blobs/uploads/?digest=${digestOf(bytes)}`;
  return (await fetch(origin() + path, { method: 'POST', body: bytes })).status;
}

/** How long it takes to push a blob and to pull it, in milliseconds: what is in the middle of some rounds. */
async function timeOfOthers(rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    expect(await push(`round ${round}`)).toBe(201);
    const got = await fetch(`${origin()}/v2/a/blobs/${digestOf(`round ${round}`)}`);
    expect(await got.text()).toBe(`round ${round}`);
    times.push(performance.now() - begun);
  }
  return times.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? Infinity;
}

/** Sends a byte a second on each, so many at the most, while the work goes on. */
async function dripWhile(all: readonly Socket[], bytes: number, work: () => Promise<void>): Promise<void> {
  let left = bytes;
  const timer = setInterval(() => {
    if (left-- > 0) for (const socket of all) if (socket.writable) socket.write('x');
  }, 1_000);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

it('1000 that send their heads a byte a second hold up nobody, and lose their connections in time', async () => {
  const slow = await openMany(CROWD);
  for (const socket of slow) {
    socket.resume();
    socket.write('GET /v2/ HTTP/1.1\r\nx-slow: ');
  }
  await dripWhile(slow, Infinity, async () => {
    expect(await timeOfOthers(5)).toBeLessThan(PROMPT_MS);
    const left = () => slow.filter(({ closed }) => !closed).length;
    expect(left()).toBe(CROWD);
    await expect.poll(left, { timeout: 4 * HEADERS_TIMEOUT_MS, interval: 500 }).toBe(0);
  });
  expect(await timeOfOthers(3)).toBeLessThan(PROMPT_MS);
});

it('1000 that push a byte a second hold up nobody, take little memory, and come to their end', async ({ annotate }) => {
  const body = 'x'.repeat(30);
  const digest = digestOf(body);
  expect(await push('warm')).toBe(201);
  const before = await readMemory(registry.pid);
  const slow = await openMany(CROWD);
  const replies = slow.map(async (socket) => {
    const [first] = (await once(socket, 'data')) as [Buffer];
    return first.toString().split('\r\n')[0];
  });
  const head = `POST /v2/slow/blobs/uploads/?digest=${digest} HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n`;
  for (const socket of slow) socket.write(head);
  await dripWhile(slow, body.length, async () => {
    expect(await timeOfOthers(5)).toBeLessThan(PROMPT_MS);
    expect(new Set(await Promise.all(replies))).toEqual(new Set(['HTTP/1.1 201 Created']));
  });
  const { peak } = await readMemory(registry.pid);
  await annotate(`1000 slow pushes: ${((peak - before.resident) / CROWD / 1024).toFixed(1)} KiB each at the most`);
  expect(peak - before.resident).toBeLessThan(200 * MB);
});

it('bytes that come one by one take little memory, however many there are', async ({ annotate }) => {
  const pieces = 20 * BODY_BATCH_PIECES;
  const slow = await openMany(100);
  const before = await readMemory(registry.pid);
  for (const socket of slow) {
    socket.setNoDelay(true).resume();
    socket.write('POST /v2/a/blobs/uploads/ HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n');
  }
  for (let piece = 0; piece < pieces; piece++) {
    for (const socket of slow) socket.write('1\r\nx\r\n');
    if (piece % 20 === 0) await wait(5);
  }
  const { peak } = await readMemory(registry.pid);
  await annotate(`256000 bytes one by one: ${((peak - before.resident) / MB).toFixed(1)} MiB more`);
  expect(peak - before.resident).toBeLessThan(150 * MB);
  expect(await timeOfOthers(3)).toBeLessThan(PROMPT_MS);
});

it(`${READERS} that read next to nothing of large blobs hold up nobody, and memory stays bounded`, async ({
  annotate,
}) => {
  const blob = 'y'.repeat(16 * MB);
  expect(await push(blob)).toBe(201);
  const before = await readMemory(registry.pid);
  const slow = await openMany(READERS);
  for (const socket of slow) {
    socket.pause();
    socket.write(`GET /v2/a/blobs/${digestOf(blob)} HTTP/1.1\r\nhost: a\r\n\r\n`);
  }
  expect(await timeOfOthers(10)).toBeLessThan(PROMPT_MS);
  for (let second = 0; second < 5; second++) {
    for (const socket of slow) socket.read(1);
    await wait(1_000);
  }
  const { peak } = await readMemory(registry.pid);
  await annotate(
    `${READERS} slow pulls: ${((peak - before.resident) / READERS / 1024).toFixed(1)} KiB each at the most`,
  );
  expect(peak - before.resident).toBeLessThan(100 * MB);
  expect(slow.filter(({ closed }) => closed)).toEqual([]);
});

it(`${IDLE} idle connections cost little and hold up nobody; those beyond the limit are refused, and it is said so`, async ({
  annotate,
}) => {
  expect(await timeOfOthers(3)).toBeLessThan(PROMPT_MS);
  const before = await readMemory(registry.pid);
  const idle = await openMany(IDLE);
  const answered = idle.map((socket) => once(socket, 'data'));
  for (const socket of idle) socket.write('HEAD /v2/ HTTP/1.1\r\nhost: a\r\n\r\n');
  await Promise.all(answered);
  const after = await readMemory(registry.pid);
  const each = (after.resident - before.resident) / IDLE / 1024;
  await annotate(`${IDLE} idle connections: ${each.toFixed(1)} KiB each`);
  expect(each).toBeLessThan(40);
  expect(await timeOfOthers(5)).toBeLessThan(PROMPT_MS);
  expect(idle.filter(({ closed }) => closed)).toEqual([]);

  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-crowd-'));
  await using small = await start(join(folder.path, 'data'), ['prlimit', '--nofile=1000:1000', '--']);
  const many = await openMany(1_200, small.port);
  await expect.poll(() => many.filter(({ closed }) => closed).length, { timeout: 60_000 }).toBeGreaterThan(400);
  await expect.poll(() => small.output(), { timeout: 30_000 }).toContain('"connections.refused"');
});
