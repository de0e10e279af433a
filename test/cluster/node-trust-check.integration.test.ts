/** What nodes have is read by a real shell, after it was written by one. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureNodeTrust } from '../../src/cluster/node-trust.ts';
import { readNodeTrust } from '../../src/cluster/node-trust-check.ts';
import { createMemoryEngine, type MemoryEngine } from '../support/fakes/memory-engine.ts';

const NODES = ['dev-control-plane', 'dev-worker'];
const NAMES = ['registry.localtest.me:8443', 'localhost:5001', '[::1]:5001'];
const CA = '-----BEGIN CERTIFICATE-----\none\n-----END CERTIFICATE-----\n';
const TRUST = { registries: NAMES.map((name) => ({ name })), server: 'https://10.96.0.50:5000', ca: CA };
const { signal } = new AbortController();

let folder: string;
let engine: MemoryEngine;

/** Each node's `/etc/containerd` is a folder of its own. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devreg-trust-'));
  engine = createMemoryEngine({
    containers: NODES.map((name) => ({ name, isRunning: true, labels: {}, ports: [] })),
    exec: async ({ container, command: [program = '', ...args] }, input) => {
      await mkdir(join(folder, container), { recursive: true });
      const here = (text: string) => text.replaceAll('/etc/containerd', join(folder, container));
      const running = promisify(execFile)(program, args.map(here));
      running.child.stdin?.end(here(input.toString()).replaceAll(`"${join(folder, container)}`, '"/etc/containerd'));
      return (await running).stdout;
    },
  });
  // What is written names the node's own paths.
  await ensureNodeTrust(
    createPlainEngine(),
    NODES.map((name) => ({ name })),
    TRUST,
  );
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function createPlainEngine(): MemoryEngine {
  return createMemoryEngine({
    containers: NODES.map((name) => ({ name, isRunning: true, labels: {}, ports: [] })),
    exec: async ({ container, command: [program = '', ...args] }, input) => {
      await mkdir(join(folder, container), { recursive: true });
      const running = promisify(execFile)(program, args);
      running.child.stdin?.end(input.toString().replaceAll('=/etc/containerd', `=${join(folder, container)}`));
      return (await running).stdout.replaceAll(join(folder, container), '/etc/containerd');
    },
  });
}

const RIGHT = { authority: 'right', missing: [], other: [], foreign: [] };
const at = (node: string, ...path: string[]) => join(folder, node, ...path);
const read = (trust: Parameters<typeof readNodeTrust>[2] = TRUST) => readNodeTrust(engine, NODES, trust, signal);

describe('nodes', () => {
  it('that have everything', async () => {
    expect(await read()).toEqual(NODES.map((node) => ({ node, ...RIGHT })));
  });

  it('that lost something, each for itself', async () => {
    await rm(at('dev-worker', 'devreg-ca.crt'));
    await rm(at('dev-worker', 'certs.d', 'localhost:5001'), { recursive: true });
    await rm(at('dev-worker', 'certs.d', '[::1]:5001', 'hosts.toml'));
    expect(await read()).toEqual([
      { node: 'dev-control-plane', ...RIGHT },
      { node: 'dev-worker', ...RIGHT, authority: 'missing', missing: ['localhost:5001', '[::1]:5001'] },
    ]);
  });

  it('that have something else', async () => {
    const [first] = NODES;
    await writeFile(at(first ?? '', 'certs.d', 'localhost:5001', 'hosts.toml'), 'server = "https://elsewhere"\n');
    await writeFile(at(first ?? '', 'devreg-ca.crt'), CA.replace('one', 'other'));
    expect((await read())[0]).toEqual({ node: first, ...RIGHT, authority: 'other', foreign: ['localhost:5001'] });
    const moved = { ...TRUST, server: 'https://10.97.0.50:5000' };
    expect((await read(moved))[1]).toEqual({ node: 'dev-worker', ...RIGHT, other: NAMES });
  });

  it('that do without TLS have no authority', async () => {
    const [found] = await read({ ...TRUST, server: 'http://10.96.0.50:5000', ca: undefined });
    expect(found).toMatchObject({ authority: 'other', other: NAMES });
  });
});
