/** What is refused and what is said before a cluster is made. Ports are real, programs are scripts. */
import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../src/state/record.ts';
import { preflight } from '../../src/workflows/preflight.ts';
import { CLUSTER_RECORD } from '../state/sample-record.ts';
import { createMemoryEngine } from '../support/fakes/memory-engine.ts';
import { type ScriptLine, createScriptedRunner } from '../support/fakes/scripted-runner.ts';

const SETTINGS: ClusterSettings = { ...CLUSTER_RECORD.settings, workers: 0, extraPorts: [], kindConfig: undefined };
const NODE = { Config: { Entrypoint: ['/usr/local/bin/entrypoint', '/sbin/init'] } };
const INFO = { ServerVersion: '29.1.0', CgroupVersion: '2', MemTotal: 8 * 1024 ** 3 };

interface Case {
  readonly settings?: Partial<ClusterSettings>;
  readonly info?: object;
  readonly image?: ScriptLine;
  readonly kind?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isReplacing?: boolean;
  readonly hangs?: boolean;
}

/** @returns what is said */
async function look(one: Case = {}): Promise<string[]> {
  const said: string[] = [];
  const runner = createScriptedRunner([
    { argv: /^docker info/, stdout: JSON.stringify({ ...INFO, ...one.info }), hangs: one.hangs ?? false },
    one.image ?? { argv: /^docker image inspect/, stdout: JSON.stringify(NODE) },
    { argv: 'kind version', stdout: one.kind ?? 'kind v0.33.0 go1.26 linux/amd64' },
  ]);
  const tell = (text: string) => void said.push(text);
  await preflight(
    { settings: { ...SETTINGS, ...one.settings }, isReplacing: one.isReplacing ?? false },
    {
      engine: createMemoryEngine(),
      runner,
      machine: { env: one.env ?? {}, platform: 'darwin', home: '/nonexistent', root: '/nonexistent' },
      findHolder: async () => 'process 7 (nc)',
      progress: { step: (_, work) => work(), detail() {}, note: tell, warn: tell },
      signal: new AbortController().signal,
    },
  );
  return said;
}

describe('a machine that is fit', () => {
  it('is not spoken of', async () => {
    expect(await look()).toEqual([]);
  });

  it('that cannot be looked at in time is no reason to refuse', async () => {
    const started = performance.now();
    expect(await look({ hangs: true })).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  it('whose engine says strange things is no reason to refuse', async () => {
    expect(await look({ image: { argv: /^docker image inspect/, stderr: 'panic', exitCode: 2 } })).toEqual([]);
  });
});

describe('what will fail is refused', () => {
  it('an image that is no node', async () => {
    const image = { argv: /^docker image inspect/, stdout: JSON.stringify({ Config: { Entrypoint: ['/pause'] } }) };
    await expect(
      look({ image, info: { CgroupVersion: '1' }, settings: { nodeImage: 'pause:v1.40' } }),
    ).rejects.toMatchObject({
      kind: 'prerequisite',
      code: 'NODE_IMAGE_UNFIT',
      hint: expect.stringContaining('kindest/node'),
    });
  });

  it('control groups that the node does not start on, unless its configuration says otherwise', async () => {
    const one = { info: { CgroupVersion: '1' }, settings: { nodeImage: 'kindest/node:v1.35.0' } };
    await expect(look(one)).rejects.toMatchObject({ kind: 'prerequisite', code: 'CGROUP_V1' });
    const text = 'kubeadmConfigPatches: ["failCgroupV1: false"]';
    expect(await look({ ...one, settings: { ...one.settings, kindConfig: { source: 'a', text } } })).toHaveLength(1);
  });

  it("a folder for images that cannot be the registry's own", async () => {
    await expect(look({ settings: { dataDir: '/proc/x' } })).rejects.toMatchObject({ code: 'DATA_FOLDER_REFUSED' });
    await expect(look({ settings: { dataDir: import.meta.dirname } })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'DATA_FOLDER_FOREIGN',
    });
  });

  it('ports that somebody has, unless it was the cluster before', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const settings = { extraPorts: [`${port}:22`] };
    await expect(look({ settings })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PORT_IN_USE',
      message: `Port ${port} is in use by process 7 (nc).`,
    });
    expect(await look({ settings, isReplacing: true })).toEqual([]);
    server.close();
  });
});

it('says that a folder for images goes to another user', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-preflight-'));
  expect(await look({ settings: { dataDir: folder.path } })).toEqual([
    `${folder.path} will belong to the registry's own user, number 65532.`,
  ]);
});

it('says what may fail', async () => {
  const said = await look({
    info: { CgroupVersion: '1', MemTotal: 1024 ** 3 },
    kind: 'kind v0.11.0 go1.16 linux/amd64',
    env: { HTTPS_PROXY: 'http://proxy:1' },
  });
  expect(said.map((text) => text.split('.', 1)[0])).toEqual([
    'The machine has control groups of version 1: Kubernetes from 1',
    'The engine has 1',
    'kind 0',
    'The environment sends registry',
  ]);
});
