/** The files of trust, as a real shell writes them into a folder that stands in for a node's. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNodeTrust, ensureNodeTrust } from '../../src/cluster/node-trust.ts';
import { createMemoryEngine, type MemoryEngine } from '../support/fakes/memory-engine.ts';

const NODES = ['dev-control-plane', 'dev-worker'];
const SERVER = 'https://10.96.0.50:5000';
const CA = '-----BEGIN CERTIFICATE-----\nit\'s "$(one)"\n-----END CERTIFICATE-----\n';

let folder: string;
let engine: MemoryEngine;

/** Each node's `/etc/containerd` is a folder of its own. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devreg-trust-'));
  engine = createMemoryEngine({
    containers: NODES.map((name) => ({ name, isRunning: true, labels: {}, ports: [] })),
    exec: async ({ container, command: [program = '', ...args] }, input) => {
      await mkdir(join(folder, container), { recursive: true });
      const script = input.toString().replaceAll('=/etc/containerd', `=${join(folder, container)}`);
      const running = promisify(execFile)(program, args);
      running.child.stdin?.end(script);
      return (await running).stdout.replaceAll(join(folder, container), '/etc/containerd');
    },
  });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (node: string, ...path: string[]) => join(folder, node, ...path);

async function trust(
  names: readonly string[],
  more: { readonly server?: string; readonly ca?: string | undefined } = {},
) {
  const [first, second] = await ensureNodeTrust(
    engine,
    NODES.map((name) => ({ name })),
    { registries: names.map((name) => ({ name })), server: SERVER, ca: CA, ...more },
  );
  expect({ ...second, node: '' }).toEqual({ ...first, node: '' });
  return first;
}

describe('ensureNodeTrust', () => {
  it('writes a file for each name on each node, and the CA', async () => {
    const names = [
      'registry.localtest.me:8443',
      'localhost:5001',
      'registry.devreg.svc.cluster.local:5000',
      '[::1]:5001',
      'a.test',
    ];
    expect(await trust(names)).toEqual({
      node: NODES[0],
      written: names,
      removed: [],
      isNewAuthority: true,
      conflicts: [],
    });
    for (const node of NODES) {
      expect((await readdir(at(node, 'certs.d'))).toSorted()).toEqual(names.toSorted());
      expect(await readFile(at(node, 'devreg-ca.crt'), 'utf8')).toBe(CA);
    }
    expect(await readFile(at('dev-worker', 'certs.d', 'localhost:5001', 'hosts.toml'), 'utf8')).toBe(
      `# Made by devreg. It takes this file away when the name is no longer the registry's.
# As the only server there is, so that nothing is ever asked elsewhere (containerd, docs/hosts.md).
server = "https://10.96.0.50:5000"
capabilities = ["pull", "resolve"]
dial_timeout = "1s"
ca = "/etc/containerd/devreg-ca.crt"
`,
    );
  });

  it('takes one exec a node, and leaves alone what is as it should be', async () => {
    await trust(['a.test:1', 'b.test:1']);
    const file = at('dev-worker', 'certs.d', 'a.test:1', 'hosts.toml');
    const before = await stat(file);
    expect(await trust(['a.test:1', 'b.test:1'])).toMatchObject({ written: [], removed: [], conflicts: [] });
    expect((await stat(file)).ino).toBe(before.ino);
    expect(engine.execs).toHaveLength(4);
  });

  it('follows the address, and takes away names that are not wanted any more', async () => {
    await trust(['a.test:1', 'b.test:1']);
    expect(await trust(['b.test:1', 'c.test:1'], { server: 'https://10.96.0.51:5000' })).toMatchObject({
      written: ['b.test:1', 'c.test:1'],
      removed: ['a.test:1'],
    });
    expect(await readdir(at('dev-worker', 'certs.d'))).toEqual(['b.test:1', 'c.test:1']);
    expect(await readFile(at('dev-worker', 'certs.d', 'b.test:1', 'hosts.toml'), 'utf8')).toContain('10.96.0.51');
  });

  it('needs no CA for plain HTTP', async () => {
    await trust(['a.test:1']);
    await trust(['a.test:1'], { server: 'http://10.96.0.50:5000', ca: undefined });
    const text = await readFile(at('dev-worker', 'certs.d', 'a.test:1', 'hosts.toml'), 'utf8');
    expect(text).toContain('server = "http://10.96.0.50:5000"');
    expect(text).not.toContain('ca =');
    await expect(stat(at('dev-worker', 'devreg-ca.crt'))).rejects.toThrow('ENOENT');
  });

  it('never touches what is somebody else’s, and tells of it', async () => {
    const foreign = 'server = "https://elsewhere"\n# Made by devreg.\n';
    for (const node of NODES) {
      const put = async (name: string, file: string, text: string) => {
        await mkdir(at(node, 'certs.d', name), { recursive: true });
        await writeFile(at(node, 'certs.d', name, file), text);
      };
      await put('a.test:1', 'hosts.toml', foreign);
      await put('b.test:1', 'ca.crt', 'PEM');
      await put('c.test_1_', 'hosts.toml', foreign);
      await put('_default', 'hosts.toml', foreign);
      await mkdir(at(node, 'certs.d', 'd.test:1'));
      await symlink('/nowhere', at(node, 'certs.d', 'loose'));
    }
    const report = await trust(['a.test:1', 'b.test:1', 'c.test:1', 'd.test:1']);
    expect(report).toMatchObject({
      written: ['c.test:1', 'd.test:1'],
      removed: [],
      conflicts: ['a.test:1/hosts.toml', 'b.test:1', 'c.test_1_'].map((path) => `/etc/containerd/certs.d/${path}`),
    });
    const root = at('dev-control-plane', 'certs.d');
    expect(await readFile(join(root, 'a.test:1', 'hosts.toml'), 'utf8')).toBe(foreign);
    expect(await readdir(join(root, 'b.test:1'))).toEqual(['ca.crt']);
    expect(await readdir(root)).toContain('_default');
  });

  it('keeps a file that somebody put beside devreg’s when that goes', async () => {
    await trust(['a.test:1']);
    for (const node of NODES) await writeFile(at(node, 'certs.d', 'a.test:1', 'notes'), 'mine');
    expect(await trust([])).toMatchObject({ removed: ['a.test:1'] });
    expect(await readdir(at('dev-worker', 'certs.d', 'a.test:1'))).toEqual(['notes']);
  });

  it.each(['a/b:1', '../x', 'a b', '$(x)', '', 'a:b', "a'b"])('knows %j for no name', async (name) => {
    await expect(trust([name])).rejects.toThrow('is no name of a registry');
    expect(engine.execs).toEqual([]);
  });
});

it('checkNodeTrust tells what would be done, and does nothing', async () => {
  const check = async (names: readonly string[], ca: string | undefined = CA) => {
    const registries = names.map((name) => ({ name }));
    const [first] = await checkNodeTrust(engine, [{ name: 'dev-worker' }], { registries, server: SERVER, ca });
    return first;
  };
  const report = { node: 'dev-worker', written: [], removed: [], isNewAuthority: false, conflicts: [] };
  expect(await check(['a.test'])).toEqual({ ...report, written: ['a.test'], isNewAuthority: true });
  expect(await readdir(at('dev-worker'))).toEqual([]);
  await trust(['a.test', 'b.test']);
  const files = async () => (await readdir(at('dev-worker'), { recursive: true })).toSorted();
  const before = await files();
  expect(await check(['a.test', 'b.test'])).toEqual(report);
  expect(await check(['b.test', 'c.test'], 'another')).toEqual({
    ...report,
    written: ['c.test'],
    removed: ['a.test'],
    isNewAuthority: true,
  });
  expect(await files()).toEqual(before);
  expect(await readFile(at('dev-worker', 'devreg-ca.crt'), 'utf8')).toBe(CA);
});
