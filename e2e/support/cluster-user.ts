/**
 * A user of this machine who makes clusters, with a home of their own. The engine, its images and /etc/hosts are the
 * real ones: what the user made of them is gone at the end, whatever happened before.
 */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buildProgram } from './build.ts';
import { type Finished, type ProgramOptions, type Running, failure, start } from './program.ts';
import { type Tool, requireTools } from './tools.ts';

/** A user, until disposed. */
export interface ClusterUser extends AsyncDisposable {
  readonly home: string;
  /** Where lines are typed. */
  readonly folder: string;
  /** What the user's images are labelled with. */
  readonly label: string;
  /** Runs a line of shell as a user types it; `devreg` is the built program. @throws ProgramFailed unless it ends with 0 */
  sh(line: string, options?: ProgramOptions): Promise<Finished>;
  /** Runs a line that must end with this code. @throws ProgramFailed when it ends otherwise */
  fails(code: number, line: string, options?: ProgramOptions): Promise<Finished>;
  /** Starts a program in a process group of its own. */
  start(line: string, onLine?: (line: string) => void): Running;
  /** Runs a line that prints JSON. @throws ProgramFailed unless it ends with 0 */
  json(line: string): Promise<unknown>;
  /** Writes a file below the folder. @returns its path */
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** A name that no cluster has; whatever is called so is removed at the end. */
  newName(): string;
}

/** Longer than a cluster takes on a busy machine. */
const TIMEOUT_MS = 400_000;

/** @throws an error that names every missing tool */
export async function openClusterUser(tools: readonly Tool[] = []): Promise<ClusterUser> {
  requireTools(['docker', 'jq', 'kind', 'kubectl', ...tools]);
  const program = await buildProgram();
  const id = randomBytes(4).toString('hex');
  const root = await mkdtemp(join(tmpdir(), 'devreg-cluster-user-'));
  const [home, folder] = [join(root, 'home'), join(root, 'files')];
  await mkdir(join(home, 'bin'), { recursive: true });
  await mkdir(join(home, 'run'), { mode: 0o700 });
  await mkdir(folder);
  await symlink(await install(program, join(root, 'package')), join(home, 'bin/devreg'));
  const names: string[] = [];
  const label = `devreg-e2e=${id}`;
  const run = (line: string, options: ProgramOptions = {}) =>
    start('bash', ['-e', '-o', 'pipefail', '-c', `cd '${folder}'\n${line}`], {
      timeout: TIMEOUT_MS,
      ...options,
      env: { ...environment(home), ...options.env },
    }).finished;
  const sh = async (line: string, options?: ProgramOptions) => {
    const finished = await run(line, options);
    if (finished.exitCode !== 0) throw failure(line, finished);
    return finished;
  };
  return {
    home,
    folder,
    label,
    sh,
    async fails(code, line, options) {
      const finished = await run(line, options);
      if (finished.exitCode !== code) throw failure(line, finished);
      return finished;
    },
    start: (line, onLine) =>
      start('bash', ['-c', `cd '${folder}' && exec ${line}`], { env: environment(home) }, onLine),
    json: async (line) => JSON.parse((await sh(line)).stdout) as unknown,
    async write(name, content) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    newName() {
      const name = `devreg-e2e-${randomBytes(3).toString('hex')}`;
      names.push(name);
      return name;
    },
    async [Symbol.asyncDispose]() {
      await using last = new AsyncDisposableStack();
      last.defer(() => rm(root, { recursive: true, force: true }));
      last.defer(
        async () => void (await sh(`docker images -q --filter label=${label} | sort -u | xargs -r docker rmi -f`)),
      );
      for (const name of names) last.defer(async () => void (await sh(removal(name))));
      await sh('devreg delete --all --volumes --yes');
    },
  };
}

/** What takes a cluster away where devreg itself did not, with its lines of the hosts file. */
function removal(name: string): string {
  const lines = `# devreg ${name}$`;
  return `
    kind delete cluster --name ${name}
    if grep -q '${lines}' /etc/hosts; then sed '/${lines}/d' /etc/hosts > hosts; cat hosts > /etc/hosts; fi`;
}

/** What the published package has in it. */
const PACKAGE = ['bin', 'dist', 'templates', 'manifests', 'package.json'];

/** Installs the program where a later build does not change it. @returns its path */
async function install(program: string, folder: string): Promise<string> {
  const source = join(program, '../..');
  for (const name of PACKAGE) await cp(join(source, name), join(folder, name), { recursive: true });
  return join(folder, 'bin/devreg.js');
}

/** Nothing of the real user's environment but where programs are, and which image nodes are made from. */
function environment(home: string): Record<string, string> {
  const node = process.env['DEVREG_NODE_IMAGE'];
  return {
    PATH: [join(home, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    HOME: home,
    USER: 'root',
    LANG: 'C.UTF-8',
    KUBECONFIG: join(home, '.kube/config'),
    // The classic builder needs no image of its own.
    DOCKER_BUILDKIT: '0',
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    // Podman keeps logins here.
    XDG_RUNTIME_DIR: join(home, 'run'),
    ...(node !== undefined && { DEVREG_NODE_IMAGE: node }),
  };
}
