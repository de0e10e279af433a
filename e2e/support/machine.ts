/**
 * A private machine for registry clients: the programs of this one, with network, /etc, /run, /var/lib and home of its
 * own. Every port is free there, names lead to it, only loopback answers, and all of it is gone afterwards.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expectGone, expectPrivate } from './isolation.ts';
import { type Finished, type ProgramOptions, type Running, failure, start } from './program.ts';
import { endProcessesOf } from './namespace.ts';
import { type Tool, requireTools } from './tools.ts';

/** A machine that is there until it is disposed. */
export interface Machine extends AsyncDisposable {
  /** For the files of tests; on the disk of the real machine, and gone with this one. */
  readonly folder: string;
  readonly home: string;
  /** Runs a line of shell as a user types it. @throws ProgramFailed unless it ends with 0 */
  sh(line: string, options?: ProgramOptions): Promise<Finished>;
  /** Runs a line that must fail. @throws ProgramFailed when it ends with 0, or not in time */
  fails(line: string, options?: ProgramOptions): Promise<Finished>;
  /** Runs a line, whatever becomes of it. */
  attempt(line: string, options?: ProgramOptions): Promise<Finished>;
  /** Starts one program that stays; it dies with the process that started it. */
  start(line: string, options?: ProgramOptions, onLine?: (line: string) => void): Running;
  /** Writes a file of the machine, with the folders above it. */
  write(path: string, content: string): Promise<void>;
  /** What must end before the machine does. */
  readonly guests: AsyncDisposableStack;
}

/** What a machine is to have. */
export interface MachineOptions {
  /** Besides the shell's own. */
  readonly tools: readonly Tool[];
  /** Host names that lead to the machine itself. */
  readonly names?: readonly string[];
}

/** Long enough for a busy machine, short enough to see what hangs. */
const TIMEOUT_MS = 120_000;

/**
 * Makes a machine.
 * @throws an error that names every missing tool, or says that root is needed
 */
export async function openMachine({ tools, names = [] }: MachineOptions): Promise<Machine> {
  requireTools(['unshare', 'nsenter', 'setpriv', 'ip', ...tools]);
  if (process.getuid?.() !== 0)
    throw new Error('These tests make a machine of their own from namespaces and need root: run them with sudo.');
  await using opened = new AsyncDisposableStack();
  const root = await makeFolders(opened);
  await furnishEtc(join(root, 'etc'), names);
  const inside = await enterNamespaces(root, opened);
  const guests = opened.use(new AsyncDisposableStack());
  const everything = opened.move();
  return {
    folder: join(root, 'files'),
    home: join(root, 'home'),
    ...commandsIn(root, inside),
    guests,
    async [Symbol.asyncDispose]() {
      await everything.disposeAsync();
      await expectGone(root);
    },
  };
}

async function makeFolders(opened: AsyncDisposableStack): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'devreg-e2e-'));
  opened.defer(() => rm(root, { recursive: true, force: true }));
  for (const folder of ['var-lib/containers', 'var-lib/docker', 'var-tmp', 'media', 'home', 'files']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  return root;
}

/** What of /etc would change how the engines behave. */
const SETTINGS = ['docker/certs.d', 'containers/certs.d', 'containers/registries.d', 'containers/registries.conf.d'];

/** A copy of /etc in which the engines have no settings and the names lead here. */
async function furnishEtc(etc: string, names: readonly string[]): Promise<void> {
  await cp('/etc', etc, { recursive: true, verbatimSymlinks: true });
  for (const settings of SETTINGS) await rm(join(etc, settings), { recursive: true, force: true });
  await writeWithFolders(join(etc, 'hosts'), `127.0.0.1 ${['localhost', ...names].join(' ')}\n::1 localhost\n`);
  await writeWithFolders(join(etc, 'containers/policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}\n');
  await writeWithFolders(join(etc, 'containers/registries.conf'), '');
  await writeWithFolders(join(etc, 'docker/daemon.json'), '{}\n');
}

/** @returns the process whose namespaces are the machine's */
async function enterNamespaces(root: string, opened: AsyncDisposableStack): Promise<number> {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const script = join(import.meta.dirname, 'machine.sh');
  const args = ['--mount', '--net', 'setpriv', '--pdeathsig', 'KILL', 'sh', script, root];
  const holder = start('unshare', args, { env: { PATH: searchPath() } }, (line) => line === 'ready' && resolve());
  void holder.finished.then((finished) => reject(failure('unshare --mount --net', finished)));
  await ready;
  opened.defer(async () => {
    endProcessesOf(holder.pid);
    await holder.finished;
  });
  await expectPrivate(holder.pid);
  return holder.pid;
}

type Commands = Pick<Machine, 'sh' | 'fails' | 'attempt' | 'start' | 'write'>;

function commandsIn(root: string, inside: number): Commands {
  const enter = (
    program: readonly string[],
    { env = {}, ...options }: ProgramOptions,
    onLine?: (line: string) => void,
  ) =>
    start(
      'nsenter',
      ['-t', String(inside), '-m', '-n', ...program],
      { ...options, env: { ...environment(root), ...env } },
      onLine,
    );
  const attempt = (line: string, options: ProgramOptions = {}) => {
    const script = `cd '${join(root, 'files')}'\n${line}`;
    return enter(['bash', '-e', '-o', 'pipefail', '-c', script], { timeout: TIMEOUT_MS, ...options }).finished;
  };
  return {
    attempt,
    async sh(line, options) {
      const finished = await attempt(line, options);
      if (finished.exitCode !== 0) throw failure(line, finished);
      return finished;
    },
    async fails(line, options) {
      const finished = await attempt(line, options);
      if (!isRefusal(finished)) throw failure(line, finished);
      return finished;
    },
    start: (line, options = {}, onLine) =>
      enter(
        ['setpriv', '--pdeathsig', 'KILL', 'bash', '-c', `cd '${join(root, 'files')}' && exec ${line}`],
        options,
        onLine,
      ),
    write: (path, content) => writeWithFolders(inMachine(root, path), content),
  };
}

/** Whether a program ran and said no; shells give codes from 126 on to what could not be run, and to signals. */
function isRefusal({ exitCode = 0 }: Finished): boolean {
  return exitCode > 0 && exitCode < 126;
}

/** Nothing of the real user's environment but where programs are. */
function environment(root: string): Record<string, string> {
  const home = join(root, 'home');
  return {
    PATH: searchPath(),
    HOME: home,
    USER: 'root',
    LANG: 'C.UTF-8',
    TMPDIR: '/var/tmp',
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_RUNTIME_DIR: '/run/user/0',
  };
}

/** The Node that runs the tests comes first. */
function searchPath(): string {
  return [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
}

/** Where a path of the machine lies on the real one. */
function inMachine(root: string, path: string): string {
  if (path.startsWith(root)) return path;
  if (path.startsWith('/etc/')) return join(root, path);
  throw new Error(`${path} is not a path that tests may write.`);
}

async function writeWithFolders(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
