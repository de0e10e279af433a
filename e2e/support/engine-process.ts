/** A Docker engine with files of its own in a network of its own, which ends and starts again on the same machine. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { type Running, failure, start } from './program.ts';

/** The engine, until disposed. */
export interface EngineProcess extends AsyncDisposable {
  /** Starts it, unless it runs; resolves when it answers. */
  readonly begin: () => Promise<void>;
  /** Ends it, unless it has ended: by SIGTERM with its containers, by SIGKILL without a word to them. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

/** Where an engine is. */
export interface EnginePlace {
  /** For its files. */
  readonly root: string;
  /** The network, as `ip netns` calls it. */
  readonly space: string;
  readonly endpoints: readonly string[];
}

const ENV = { PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter) };

/** Prepares an engine's machine, and starts it there. @throws ProgramFailed when it ends before it answers */
export async function openEngine({ root, space, endpoints }: EnginePlace): Promise<EngineProcess> {
  await using opened = new AsyncDisposableStack();
  for (const folder of ['data', 'exec']) await mkdir(join(root, folder));
  const network = `--net=/run/netns/${space}`;
  const machine = await openFiles(network, opened);
  const hosts = endpoints.flatMap((endpoint) => ['-H', endpoint]);
  const files = ['--data-root', `${root}/data`, '--exec-root', `${root}/exec`, '--pidfile', `${root}/pid`];
  const dockerd = ['sh', '-c', 'exec dockerd "$@" 2>&1', 'dockerd', ...hosts, '--tls=false', ...files];
  let engine: Running | undefined;
  const end = async (signal: NodeJS.Signals) => {
    if (engine === undefined) return;
    const runtime = await readRuntime(root);
    engine.kill(signal);
    await engine.finished;
    engine = undefined;
    // It dies with the engine, and a new engine takes one that is not quite gone for one that will answer.
    if (runtime !== undefined) await execa('tail', ['--pid', runtime, '--follow', '/dev/null'], { timeout: 120_000 });
  };
  const begin = async () => {
    if (engine !== undefined) return;
    const entered = [`--mount=/proc/${machine.pid}/ns/mnt`, network, 'setpriv', '--pdeathsig', 'TERM', ...dockerd];
    engine = await startUntil('nsenter', entered, (line) => line.includes('API listen on'));
  };
  opened.defer(() => end('SIGTERM'));
  await begin();
  const kept = opened.move();
  return { begin, end, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** The process of the engine's own containerd; undefined where it uses the machine's. */
async function readRuntime(root: string): Promise<string | undefined> {
  const file = join(root, 'exec/containerd/containerd.pid');
  return existsSync(file) ? (await readFile(file, 'utf8')).trim() : undefined;
}

/** Homes of this machine are not there; what is mounted for containers stays when the engine ends. */
async function openFiles(network: string, opened: AsyncDisposableStack): Promise<Running> {
  const script = 'for folder in /root /home; do mount -t tmpfs none $folder; done && echo ready && exec sleep infinity';
  const dies = ['setpriv', '--pdeathsig', 'KILL'];
  const program = [network, 'unshare', '--mount', ...dies, 'sh', '-c', script];
  const holder = await startUntil('nsenter', program, (line) => line === 'ready');
  opened.defer(async () => {
    holder.kill();
    await holder.finished;
  });
  return holder;
}

async function startUntil(
  program: string,
  args: readonly string[],
  isReady: (line: string) => boolean,
): Promise<Running> {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const running = start(program, args, { env: ENV }, (line) => isReady(line) && resolve());
  void running.finished.then((finished) => reject(failure(program, finished)));
  await ready;
  return running;
}
