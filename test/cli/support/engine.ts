/** Programs that stand in for docker, podman and kind: shell scripts that know the containers they are given. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRecords } from '../../../src/state/records.ts';
import { resolveFolders } from '../../../src/state/folders.ts';
import type { AnyRecord } from '../../../src/state/record.ts';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';
import { type World, makeWorld } from './world.ts';

/** A program that can be stood in for. */
type ProgramName = 'docker' | 'podman' | 'kind';

/** The programs of one machine. */
interface FakePrograms {
  /** For `PATH`; nothing else is in it. */
  readonly path: string;
  /** Puts a program there. */
  readonly install: (...names: readonly ProgramName[]) => Promise<void>;
  /** Makes an engine, docker unless given, know the nodes of a cluster, and whether each runs. */
  readonly addCluster: (
    name: string,
    nodes: Readonly<Record<string, boolean>>,
    engine?: 'docker' | 'podman',
  ) => Promise<void>;
}

/** Makes the folder for programs, below a user's home. */
async function openPrograms({ home }: Pick<World, 'home'>): Promise<FakePrograms> {
  const path = join(home, 'programs');
  const containersOf = (engine: 'docker' | 'podman') => join(path, 'containers', engine);
  for (const engine of ['docker', 'podman'] as const) await mkdir(containersOf(engine), { recursive: true });
  const install = async (name: string, text: string) => {
    await writeFile(join(path, name), text);
    await chmod(join(path, name), 0o755);
  };
  return {
    path,
    install: async (...names) => {
      for (const name of names)
        await install(
          name,
          name === 'kind' ? kindScript(join(path, 'containers')) : engineScript(name, containersOf(name)),
        );
    },
    addCluster: (name, nodes, engine = 'docker') =>
      writeFile(join(containersOf(engine), name), JSON.stringify(inspectedNodes(name, nodes))),
  };
}

/** A cluster that needs no file of the user's. */
export const CLUSTER = {
  ...CLUSTER_RECORD,
  hostsFile: undefined,
  settings: { ...CLUSTER_RECORD.settings, dataDir: undefined, kindConfig: undefined, tls: 'off' as const },
};

/** Its nodes; each runs. */
export const NODES = { 'dev-worker': true, 'dev-control-plane': true };

/** A user, and the programs they have. */
interface Desk extends AsyncDisposable {
  readonly world: World;
  readonly programs: FakePrograms;
  readonly run: (...argv: string[]) => Promise<{ stdout: string; stderr: string; exitCode: number }>;
}

/** Makes them. */
export async function openDesk(...installed: readonly ProgramName[]): Promise<Desk> {
  const world = await makeWorld();
  const programs = await openPrograms(world);
  await programs.install(...installed);
  const run = (...argv: string[]) => world.run(argv, { env: { PATH: programs.path } });
  return { world, programs, run, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** Remembers a registry as devreg would. */
export async function remember({ home }: Pick<World, 'home'>, record: AnyRecord): Promise<void> {
  await openRecords(resolveFolders({ home, platform: 'linux', env: {} })).save(record);
}

/** Each cluster is one file, and for the script one container; what it says of it tells of every node. */
function engineScript(name: 'docker' | 'podman', containers: string): string {
  return `#!/bin/sh
cd '${containers}'
case "$*" in
  --version) echo '${name === 'docker' ? 'Docker' : 'podman'} version 99' ;;
  version*) echo 99 ;;
  info*) echo false ;;
  'context inspect'*) echo unix:///var/run/${name}.sock ;;
  ps*label=io.x-k8s.kind.cluster=*) last="$*"; last="\${last##*=}"; if [ -e "$last" ]; then echo "$last"; fi ;;
  ps*) for one in *; do if [ -e "$one" ]; then echo "$one"; fi; done ;;
  'container inspect '*) shift 2; for one in "$@"; do while IFS= read -r line || [ -n "$line" ]; do printf '%s' "$line"; done < "$one"; done ;;
  *) echo "${name} does not know: $*" >&2; exit 1 ;;
esac
`;
}

function kindScript(containers: string): string {
  return `#!/bin/sh
case "$*" in
  'delete cluster --name '*) /bin/rm -f '${containers}'/"$KIND_EXPERIMENTAL_PROVIDER/$4" ;;
  'get kubeconfig --name '*) echo "ERROR: could not locate any control plane nodes for cluster named '$4'" >&2; exit 1 ;;
  *) echo "kind does not know: $*" >&2; exit 1 ;;
esac
`;
}

function inspectedNodes(cluster: string, nodes: Readonly<Record<string, boolean>>): object[] {
  return Object.entries(nodes).map(([name, isRunning]) => ({
    Name: `/${name}`,
    State: { Running: isRunning },
    Config: {
      Labels: {
        'io.x-k8s.kind.cluster': cluster,
        'io.x-k8s.kind.role': name.includes('worker') ? 'worker' : 'control-plane',
      },
    },
    NetworkSettings: { Ports: {} },
  }));
}
