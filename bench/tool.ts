/**
 * How long the tool takes: help, secrets and credentials beside `node -e 0`, a registry of its own with an authority
 * that is there already, and how large the package is. One command after the other, in turn, medians.
 *
 *     npm run build && node bench/tool.ts [rounds]
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from './registry/statistics.ts';

const run = promisify(execFile);
const ROUNDS = Number(process.argv[2] ?? 11);
const ROOT = join(import.meta.dirname, '..');
const DEVREG = join(ROOT, 'bin/devreg.js');
const HELPER = join(ROOT, 'bin/docker-credential-devreg.js');

await using home = await mkdtempDisposable(join(tmpdir(), 'devreg-bench-tool-'));
await mkdir(join(home.path, 'run'), { mode: 0o700 });
const env = { PATH: join(process.execPath, '..'), HOME: home.path, XDG_RUNTIME_DIR: join(home.path, 'run') };
const ANY_PORTS = ['--provider', 'process', '--port', '0', '--registry-port', '0', '--yes'];

// The authority's keys are made once in a user's life.
await devreg('create', ...ANY_PORTS);
try {
  await compareWithNode();
  const { stdout } = await devreg('get', 'secrets', '-o', 'json');
  console.log(`credentials are there: ${JSON.parse(stdout).length > 0}`);
} finally {
  await devreg('delete', '--yes', '--volumes');
}
await timeCreate();
await packageSize();

function devreg(...words: string[]): Promise<{ readonly stdout: string }> {
  return run(process.execPath, [DEVREG, ...words], { env });
}

async function compareWithNode(): Promise<void> {
  const commands: Readonly<Record<string, () => PromiseLike<unknown>>> = {
    'node -e 0': () => run(process.execPath, ['-e', '0'], { env }),
    'devreg --help': () => devreg('--help'),
    'devreg get secrets': () => devreg('get', 'secrets', '-o', 'json'),
    'docker-credential-devreg list': () => run(process.execPath, [HELPER, 'list'], { env }),
  };
  const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, command] of Object.entries(commands)) times.get(name)?.push(await timeOf(command));
  const base = median(times.get('node -e 0') ?? []);
  for (const [name, values] of times)
    console.log(`${name}: ${median(values).toFixed(0)} ms, ${(median(values) / base).toFixed(2)} × node -e 0`);
}

async function timeCreate(): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push(await timeOf(() => devreg('create', ...ANY_PORTS)));
    await devreg('delete', '--yes', '--volumes');
  }
  console.log(`devreg create, a process, with an authority: ${median(times).toFixed(0)} ms`);
}

async function packageSize(): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT });
  const [{ size, unpackedSize, entryCount }] = JSON.parse(stdout) as [
    { size: number; unpackedSize: number; entryCount: number },
  ];
  const mega = (bytes: number) => (bytes / 1_000_000).toFixed(2);
  console.log(`package: ${mega(size)} MB packed, ${mega(unpackedSize)} MB unpacked, ${entryCount} files`);
}

async function timeOf(work: () => PromiseLike<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
