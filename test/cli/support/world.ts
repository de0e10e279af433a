/** A user of their own, with empty folders, who runs the program in this process. */
import { once } from 'node:events';
import { mkdir, mkdtempDisposable, readFile, realpath, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { PassThrough } from 'node:stream';
import { ensureAuthority } from '../../../src/certs/store.ts';
import { run } from '../../../src/cli/run.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';
import { VERSION } from '../../../src/cli/version.ts';
import { resolveFolders } from '../../../src/state/folders.ts';
import { authorityFolder } from '../../../src/state/paths.ts';

/** What a run of the program left. */
interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a test changes about the surroundings. */
type Changes = Partial<Surroundings> & {
  readonly isTerminal?: boolean;
  readonly input?: string;
  /** Gets each piece of standard error as it comes. */
  readonly onStderr?: (text: string) => void;
};

/** The user and their machine. Disposing deletes every registry they have made. */
export interface World extends AsyncDisposable {
  readonly home: string;
  readonly run: (argv: readonly string[], changes?: Changes) => Promise<RunResult>;
  /** Runs, and fails the test unless the exit code is 0. */
  readonly succeed: (argv: readonly string[], changes?: Changes) => Promise<RunResult>;
}

/** The unbuilt program. */
export const SCRIPT = join(import.meta.dirname, '../../../src/cli/main.ts');

/** Node keeps here what it has compiled, so that the program starts again sooner. */
const COMPILE_CACHE = join(tmpdir(), 'devreg-test-compile-cache');

/** Environment of every run; without a PATH no program of this machine is found, and podman's logins are nobody's. */
export const ENV: Readonly<Record<string, string>> = {
  PATH: '',
  NODE_COMPILE_CACHE: COMPILE_CACHE,
  XDG_RUNTIME_DIR: '/nonexistent',
};

let authority: Promise<Readonly<Record<string, Buffer>>> | undefined;

/**
 * Makes the user.
 * @param withAuthority they have a certificate authority already; making one takes long
 */
export async function makeWorld({ withAuthority = true } = {}): Promise<World> {
  await using made = new AsyncDisposableStack();
  const temp = made.use(await mkdtempDisposable(join(await realpath(tmpdir()), 'devreg-cli-')));
  const home = join(temp.path, 'home');
  await mkdir(home);
  if (withAuthority) await giveAuthority(home);
  const runHere = (argv: readonly string[], changes: Changes = {}) => runCli(argv, home, changes);
  const succeed = async (argv: readonly string[], changes?: Changes) => {
    const result = await runHere(argv, changes);
    if (result.exitCode !== 0)
      throw new Error(`devreg ${argv.join(' ')} ended with ${result.exitCode}:\n${result.stderr}`);
    return result;
  };
  made.defer(async () => void (await runHere(['delete', '--all', '--volumes', '--yes'])));
  const world = made.move();
  return { home, run: runHere, succeed, [Symbol.asyncDispose]: () => world.disposeAsync() };
}

/** Puts in words what differs from run to run. */
export function normalise(text: string, world: Pick<World, 'home'>): string {
  return text
    .replaceAll(world.home, '<home>')
    .replaceAll(SCRIPT, '<script>')
    .replaceAll(`devreg ${VERSION}`, 'devreg <version>')
    .replaceAll(`${execPath} <script>`, '<devreg>')
    .replaceAll(/devreg_[0-9a-f]{60}/g, '<token>')
    .replaceAll(/\b[A-Za-z0-9]{32}\b/g, '<password>')
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/(?<=[a-z.\d]:)\d{4,5}\b/g, '<port>');
}

/** Every user of a test file gets the same one. */
async function giveAuthority(home: string): Promise<void> {
  const folder = authorityFolder(resolveFolders({ home, platform: 'linux', env: {} }));
  authority ??= drawAuthority();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, bytes] of Object.entries(await authority)) {
    await writeFile(join(folder, name), bytes, { mode: name.endsWith('.key') ? 0o600 : 0o644 });
  }
}

async function drawAuthority(): Promise<Readonly<Record<string, Buffer>>> {
  await using temp = await mkdtempDisposable(join(tmpdir(), 'devreg-ca-'));
  await ensureAuthority(temp.path, { owner: 'somebody@somewhere', now: new Date() });
  return { 'ca.crt': await readFile(join(temp.path, 'ca.crt')), 'ca.key': await readFile(join(temp.path, 'ca.key')) };
}

async function runCli(
  argv: readonly string[],
  home: string,
  { isTerminal = false, input = '', onStderr, ...changes }: Changes,
): Promise<RunResult> {
  const stdin = Object.assign(new PassThrough(), { isTTY: isTerminal });
  stdin.end(input);
  const stdout = Object.assign(new PassThrough(), { isTTY: isTerminal });
  const stderr = Object.assign(new PassThrough(), { isTTY: isTerminal });
  stderr.on('data', (text) => onStderr?.(String(text)));
  const texts = [collect(stdout), collect(stderr)];
  const exitCode = await run({ ...surroundingsOf(home), argv, stdin, stdout, stderr, ...changes });
  stdout.end();
  stderr.end();
  const [out = '', err = ''] = await Promise.all(texts);
  return { stdout: out, stderr: err, exitCode };
}

function surroundingsOf(home: string): Omit<Surroundings, 'argv' | 'stdin' | 'stdout' | 'stderr'> {
  return {
    env: ENV,
    signal: new AbortController().signal,
    parent: undefined,
    machine: {
      platform: 'linux',
      arch: 'x64',
      nodeVersion: 'v24.0.0',
      hostname: hostname(),
      home,
      user: 'somebody',
      folder: home,
    },
    program: { execPath, script: SCRIPT },
    now: () => new Date(),
    resolvesHere: async () => true,
  };
}

async function collect(stream: PassThrough): Promise<string> {
  let text = '';
  stream.on('data', (chunk) => {
    text += String(chunk);
  });
  await once(stream, 'end');
  return text;
}
