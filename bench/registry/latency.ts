/** How long reading a manifest takes while four clients push 1 GB each, beside how long it takes when nobody does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeImage } from './content.ts';
import { type HttpConnection, openConnection } from './http-connection.ts';
import { pushImage } from './pushes.ts';
import { ask } from './requests.ts';
import { type ServerName, startServer } from './servers.ts';
import { median, percentile } from './statistics.ts';

/** Milliseconds, 99 of 100 requests took less: medians of the rounds. */
export interface Latency {
  readonly server: string;
  readonly idle: number;
  readonly loaded: number;
}

const READERS = 4;
const PUSHERS = 4;
const IDLE_MS = 3_000;
/** Between two requests of a reader, so that it is the server that is measured and not a queue. */
const PAUSE_MS = 2;
const PUSHER = join(import.meta.dirname, 'push-large.ts');

/**
 * Measures one server, on a disk that is empty again for each round.
 * @param pushed who takes the pushes meanwhile: another one shows what the machine alone makes readers wait
 */
export async function measureLatency(
  name: ServerName,
  root: string,
  rounds: number,
  pushed: 'itself' | 'another' = 'itself',
): Promise<Latency> {
  const idle: number[] = [];
  const loaded: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await using server = await startServer(name, root);
    await using other = pushed === 'another' ? await startServer(name, root) : undefined;
    const repository = `${server.prefix}latency`;
    const image = makeImage();
    using connection = await openConnection(server.client.port);
    await pushImage(connection, server.client, repository, image, 'latest');
    const request = ask(server.client, 'GET', `/v2/${repository}/manifests/latest`);
    const read = async (each: HttpConnection) => {
      const { status, bodyLength } = await each.send(request);
      if (status !== 200 || bodyLength !== image.manifest.length) throw new Error(`${name} answered ${status}.`);
    };
    idle.push(percentile(await timeUntil(AbortSignal.timeout(IDLE_MS), server.client.port, read), 0.99));
    const pushing = startPushers((other ?? server).client, repository);
    loaded.push(percentile(await timeUntil(pushing.signal, server.client.port, read), 0.99));
    await pushing.ended;
  }
  const label = pushed === 'itself' ? name : `${name}, another one taking the pushes`;
  return { server: label, idle: median(idle), loaded: median(loaded) };
}

async function timeUntil(
  over: AbortSignal,
  port: number,
  read: (connection: HttpConnection) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  const reader = async () => {
    using connection = await openConnection(port);
    while (!over.aborted) {
      const started = performance.now();
      await read(connection);
      times.push(performance.now() - started);
      await wait(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return times;
}

/** Each in a process of its own, so that what measures is not what pushes. */
function startPushers(
  client: { readonly port: number; readonly authorization: string | undefined },
  repository: string,
): { readonly signal: AbortSignal; readonly ended: Promise<void> } {
  const controller = new AbortController();
  const words = [PUSHER, String(client.port), repository, String(1_024 * 1_024 * 1_024), client.authorization ?? ''];
  const pushers = Array.from({ length: PUSHERS }, () => spawn(process.execPath, words, { stdio: 'inherit' }));
  const ended = Promise.all(pushers.map(endOf)).then(() => controller.abort());
  return { signal: controller.signal, ended };
}

async function endOf(child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`A push failed with exit code ${code}.`);
}
