/** The registries that are measured: how each is started, with what durability, and how one writes to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fetchToken, prepareGitea } from './gitea.ts';
import { openConnection } from './http-connection.ts';
import { type Client, ask } from './requests.ts';

/** Which registries there are. */
export const SERVER_NAMES = ['devreg fast', 'devreg full', 'Distribution 3', 'Distribution 2.8', 'Gitea'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** A registry that answers. */
export interface Server extends AsyncDisposable {
  readonly name: ServerName;
  readonly pid: number;
  readonly client: Client;
  /** What repositories' names begin with. */
  readonly prefix: string;
  readonly folder: string;
  /** Milliseconds from the start of the process to the first answer. */
  readonly startedIn: number;
}

/** How the program of a server is run in a folder of its own. */
interface Recipe {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly prefix?: string;
  /** Prepares the folder; says how to log in. */
  readonly prepare?: (folder: string, port: number) => Promise<string | undefined>;
  /** Exchanges a login for what is sent along instead. */
  readonly exchange?: (client: Client) => Promise<string>;
}

const DEVREG = process.env['DEVREG_BENCH_REGISTRY'] ?? join(import.meta.dirname, '../../bin/devreg-registry.js');

/** Where programs of peers are that no package brings; `build-peers.ts` puts them there. */
const PEERS = process.env['DEVREG_BENCH_PEERS'] ?? '/opt/lab/peers';

function recipeOf(name: ServerName, folder: string, port: number): Recipe {
  switch (name) {
    case 'devreg fast':
      return devreg('fast', folder, port);
    case 'devreg full':
      return devreg('full', folder, port);
    case 'Distribution 3':
      return { command: [join(PEERS, 'registry'), 'serve', join(folder, 'config.yml')], prepare: writeConfig };
    case 'Distribution 2.8':
      return { command: ['docker-registry', 'serve', join(folder, 'config.yml')], prepare: writeConfig };
    case 'Gitea':
      return {
        command: [join(PEERS, 'gitea'), 'web', '--config', join(folder, 'app.ini')],
        prefix: 'bench/',
        prepare: (place, at) => prepareGitea(join(PEERS, 'gitea'), place, at),
        exchange: fetchToken,
      };
  }
}

function devreg(durability: string, folder: string, port: number): Recipe {
  return {
    command: [process.execPath, DEVREG, 'serve'],
    env: {
      REGISTRY_HTTP_ADDR: `127.0.0.1:${port}`,
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(folder, 'data'),
      DEVREG_DURABILITY: durability,
    },
  };
}

/** As their image has it; like devreg they log every request. */
async function writeConfig(folder: string, port: number): Promise<undefined> {
  const config = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, cache: { blobdescriptor: 'inmemory' } },
    http: { addr: `127.0.0.1:${port}` },
  };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
}

/** Tells which of the registries can be run on this machine. */
export async function findServers(wanted: readonly ServerName[]): Promise<ServerName[]> {
  const found = await Promise.all(
    wanted.map(async (name) => {
      const [program = ''] = recipeOf(name, '/', 0).command;
      const places = program.includes('/')
        ? [program]
        : (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, program));
      const there = await Promise.all(
        places.map((place) =>
          access(place).then(
            () => true,
            () => false,
          ),
        ),
      );
      return there.includes(true) ? [name] : [];
    }),
  );
  return found.flat();
}

/**
 * Starts a registry on a free port.
 * @param root where its folder is made
 * @param data a folder to begin with; undefined: an empty one
 * @throws Error when it does not answer
 */
export async function startServer(name: ServerName, root: string, data?: string): Promise<Server> {
  const folder = data ?? (await mkdtemp(join(root, `${name.replaceAll(' ', '-')}-`)));
  await mkdir(folder, { recursive: true });
  const port = await findFreePort();
  const { command, env, prefix = '', prepare, exchange } = recipeOf(name, folder, port);
  const authorization = await prepare?.(folder, port);
  const [program = '', ...words] = command;
  const started = performance.now();
  const child = spawn(program, words, { cwd: folder, stdio: 'ignore', env: { ...process.env, ...env } });
  const client = { port, authorization };
  await awaitAnswer(client, child, name);
  const startedIn = performance.now() - started;
  const token = await exchange?.(client);
  return {
    name,
    pid: child.pid ?? 0,
    client: token === undefined ? client : { port, authorization: token },
    prefix,
    folder,
    startedIn,
    [Symbol.asyncDispose]: async () => {
      await end(child);
      if (data === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function awaitAnswer(client: Client, child: ChildProcess, name: string): Promise<void> {
  const overdue = performance.now() + 60_000;
  while (performance.now() < overdue && child.exitCode === null) {
    try {
      using connection = await openConnection(client.port);
      if ((await connection.send(ask(client, 'GET', '/v2/'))).status === 200) return;
    } catch {
      // Not yet.
    }
    await wait(1);
  }
  await end(child);
  throw new Error(`${name} does not answer.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exited;
  clearTimeout(timer);
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
