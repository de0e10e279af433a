/** A user and their machine, for tests of the recipes of clusters: real folders, everything else in memory. */
import { cp, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll } from 'vitest';
import { ensureAuthority } from '../../../src/certs/store.ts';
import { registryPaths } from '../../../src/state/paths.ts';
import type { Records } from '../../../src/state/records.ts';
import {
  type ClusterPorts,
  type ClusterRequest,
  type CreatedCluster,
  createCluster,
} from '../../../src/workflows/cluster/create-cluster.ts';
import type { WantedCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { openState } from '../../../src/workflows/open-state.ts';
import { clientFiles } from '../../../src/trust/client-files.ts';
import { treeOf } from '../../cli/support/tree.ts';
import { type ScriptLine, type ScriptedCall, createScriptedRunner } from '../../support/fakes/scripted-runner.ts';
import { type FakeMachine, type FakeMachineOptions, OWN_IMAGE, makeFakeMachine } from './fake-machine.ts';

/** What a test changes. */
export interface WorkshopOptions extends FakeMachineOptions {
  /** What docker and podman do. */
  readonly script?: readonly ScriptLine[];
  /** Which of them are there. */
  readonly programs?: readonly string[];
  /** Names that lead to this machine by themselves. */
  readonly resolving?: (host: string) => boolean;
  readonly mayWriteHosts?: boolean;
  readonly mayLogIn?: boolean;
  /** Who has every port that is taken. */
  readonly holder?: string;
  /** What assembling devreg's own image fails with. */
  readonly imageFailure?: Error;
  /** What reading the archive of devreg's own image waits for. */
  readonly archiveGate?: Promise<void>;
}

/** The user's machine. */
export interface Workshop extends AsyncDisposable {
  readonly machine: FakeMachine;
  readonly ports: ClusterPorts;
  /** Everything that happened, in its order. */
  readonly events: string[];
  /** Called at each event, before it happens. */
  onEvent: (event: string) => void;
  /** What was said, warnings marked so. */
  readonly said: string[];
  /** What people and programs were asked. */
  readonly asked: string[];
  readonly home: string;
  readonly root: string;
  readonly controller: AbortController;
  readonly create: (wanted?: WantedCluster, more?: Partial<ClusterRequest>) => Promise<CreatedCluster>;
  readonly hosts: () => Promise<string>;
  /** What docker and podman were called with. */
  readonly calls: () => readonly ScriptedCall[];
  /** All files of the user but the authority, locks and empty folders of devreg's own. */
  readonly tree: () => Promise<Record<string, string>>;
}

/** A clock that stands still. */
export const NOW = new Date();

/** What the hosts file says at first. */
export const HOSTS = '127.0.0.1 localhost\n';

let authority: ReturnType<typeof drawAuthority> | undefined;

afterAll(async () => (await authority)?.remove());

/** Opens it, with ports that are free for each `create` that does not name its own. */
export async function openWorkshop(options: WorkshopOptions = {}): Promise<Workshop> {
  const { script = [], programs = [], resolving = () => true, mayWriteHosts = false, mayLogIn = false } = options;
  await using made = new AsyncDisposableStack();
  const temp = made.use(await mkdtempDisposable(join(tmpdir(), 'devreg-cluster-')));
  const [home, root] = [join(temp.path, 'home'), join(temp.path, 'root')];
  await cp((await (authority ??= drawAuthority())).path, join(home, '.local/share/devreg/ca'), { recursive: true });
  const hostsFile = join(root, 'etc/hosts');
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(hostsFile, HOSTS);

  const state = openState({ platform: 'linux', home, env: {} });
  const events: string[] = [];
  const said: string[] = [];
  const asked: string[] = [];
  const controller = new AbortController();
  const reach = (event: string) => {
    events.push(event);
    shop.onEvent(event);
  };
  const isPlain = new Set<string>();
  const machine = made.use(
    makeFakeMachine(options, reach, (cluster) =>
      isPlain.has(cluster) ? undefined : join(registryPaths(state.folders, cluster).data, 'tls'),
    ),
  );
  const { clusters, engine, openApi } = machine;
  const runner = createScriptedRunner(script, programs);
  let tokens = 0;
  const ports: ClusterPorts = {
    ...state,
    records: watchRecords(state.records, reach),
    clusters,
    engine,
    openApi,
    registryImage: async () => {
      reach('assemble the image');
      if (options.imageFailure !== undefined) throw options.imageFailure;
      const open = () => Readable.from(readArchive(options.archiveGate), { objectMode: false });
      return { reference: OWN_IMAGE.reference, configDigest: 'sha256:0', open };
    },
    version: '1.2.3',
    trustPlace: { home, root },
    runner,
    progress: {
      step: async (title, work) => (said.push(title), work()),
      detail: () => {},
      note: (text) => void said.push(text),
      warn: (text) => void said.push(`warning: ${text}`),
    },
    signal: controller.signal,
    owner: 'somebody@somewhere',
    now: () => NOW,
    drawToken: () => `token-${(tokens += 1)}`,
    resolvesHere: async (host) => {
      reach(`resolve ${host}`);
      return resolving(host);
    },
    hostsFile,
    contexts: machine.contexts,
    clientFiles: clientFiles({ platform: 'linux', home, uid: undefined, env: { XDG_RUNTIME_DIR: join(home, 'run') } }),
    mayWriteHosts: async (hosts) => (asked.push(`hosts ${hosts.join(' ')}`), reach('ask for hosts'), mayWriteHosts),
    mayLogIn: async (registries) => (asked.push(`login ${registries.length}`), reach('ask for logins'), mayLogIn),
    findHolder: async () => options.holder,
  };
  const disposal = made.move();
  const shop: Workshop = {
    machine,
    ports,
    events,
    onEvent: () => {},
    said,
    asked,
    home,
    root,
    controller,
    create(wanted = {}, more = {}) {
      const name = more.name ?? 'dev';
      if (wanted.tls === 'off') isPlain.add(name);
      const request = { name, rotatePassword: false, recreate: false, keepOnFailure: false, timeout: 10_000, ...more };
      return createCluster({ ...request, wanted: { port: 0, registryPort: 0, ...wanted } }, ports);
    },
    calls: () => runner.calls,
    hosts: () => readFile(hostsFile, 'utf8'),
    async tree() {
      const entries = Object.entries(await treeOf(home));
      return Object.fromEntries(
        entries.filter(
          ([name]) =>
            !/^\.local(?:$|\/(?:share|state)(?:$|\/devreg(?:$|\/ca(?:$|\/)|\/locks|\/registries$)))/.test(name),
        ),
      );
    },
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
  return shop;
}

async function* readArchive(gate: Promise<void> | undefined): AsyncGenerator<string> {
  await gate;
  yield OWN_IMAGE.archive;
}

function watchRecords(records: Records, reach: (event: string) => void): Records {
  return {
    ...records,
    async save(record) {
      reach(`save ${record.provider === 'kind' ? record.stage : record.provider}`);
      await records.save(record);
    },
    async remove(name) {
      reach(`forget ${name}`);
      await records.remove(name);
    },
  };
}

/** One for all tests of a file: making it takes long. */
async function drawAuthority(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-ca-'));
  await ensureAuthority(temp.path, { owner: 'somebody@somewhere', now: NOW });
  return { path: temp.path, remove: () => temp.remove() };
}
