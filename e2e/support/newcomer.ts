/** A user who has nothing yet: an empty home, a Node that is too old, no container engine, and a fresh clone. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from './machine.ts';
import { type Finished, failure, start } from './program.ts';

/** What the user types, and where. */
export interface Newcomer {
  /** Where the clone is. */
  readonly clone: string;
  /** The version of the Node on the PATH. */
  readonly node: string;
  /** Runs a line in the clone, on the private machine. @throws ProgramFailed unless it ends with 0 */
  types(line: string): Promise<Finished>;
  /** Runs a line in the clone, with the network of the real machine. @throws ProgramFailed unless it ends with 0 */
  downloads(line: string): Promise<Finished>;
}

const REPOSITORY = join(import.meta.dirname, '../..');

/** Where the system has its programs. */
const SYSTEM = '/usr/bin';

/** What starts containers and clusters, by the beginning of its name. */
const ENGINES = /^(docker|containerd|podman|buildah|runc|crun|nerdctl|kind|minikube|k3d|kubectl)/;

/** What a package registry may need to be reached; nothing else of the real user's environment is passed on. */
const NETWORK = /^(npm_config_registry|(https?|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

/** Longer than an installation takes on a slow line. */
const INSTALL_TIMEOUT_MS = 400_000;

/** Clones what is committed. @throws an error when the system's Node is new enough for devreg, or there is none */
export async function welcomeNewcomer(machine: Machine): Promise<Newcomer> {
  const path = await linkPrograms(join(machine.folder, 'programs'));
  const node = await systemNode();
  const clone = join(machine.folder, 'clone');
  const env = { PATH: path, HOME: machine.home };
  const downloads = (line: string) => runOutside(line, { ...networkSettings(), ...env, LANG: 'C.UTF-8' });
  await downloads(`git -c safe.directory='*' clone -q '${REPOSITORY}' '${clone}'`);
  return {
    clone,
    node,
    downloads: (line) => downloads(`cd '${clone}'\n${line}`),
    types: (line) => machine.sh(`cd '${clone}'\n${line}`, { env }),
  };
}

/** A folder with every program of the system but those that would bring a container engine. */
async function linkPrograms(folder: string): Promise<string> {
  await mkdir(folder);
  const names = (await readdir(SYSTEM)).filter((name) => !ENGINES.test(name));
  await Promise.all(names.map((name) => symlink(join(SYSTEM, name), join(folder, name))));
  return folder;
}

async function systemNode(): Promise<string> {
  const { stdout } = await promisify(execFile)(join(SYSTEM, 'node'), ['--version']);
  const version = stdout.trim();
  if (/^v(1\d|2[0-3])\./.test(version)) return version;
  throw new Error(`This test needs a Node before 24 as ${SYSTEM}/node, with npm beside it, and there is ${version}.`);
}

async function runOutside(line: string, env: Readonly<Record<string, string>>): Promise<Finished> {
  const finished = await start('bash', ['-e', '-o', 'pipefail', '-c', line], { env, timeout: INSTALL_TIMEOUT_MS })
    .finished;
  if (finished.exitCode !== 0) throw failure(line, finished);
  return finished;
}

function networkSettings(): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([name, value]): [string, string][] =>
    value !== undefined && NETWORK.test(name) ? [[name, value]] : [],
  );
  return Object.fromEntries(entries);
}
