/** The way of an image in a cluster, with an API and nodes in memory. */
import { beforeEach, describe, expect, it } from 'vitest';
import { formatProbeProgram } from '../../../src/doctor/probe-program.ts';
import type { KubeObject } from '../../../src/kube/kube-api.ts';
import { makeProbeImage } from '../../../src/image/probe-image.ts';
import { clusterSteps } from '../../../src/workflows/doctor/cluster-self-test.ts';
import type { Journal, Probe } from '../../../src/workflows/doctor/self-test.ts';
import { type MemoryEngine, createMemoryEngine } from '../../support/fakes/memory-engine.ts';
import { type MemoryKubeApi, openMemoryKubeApi } from '../../support/fakes/memory-kube-api.ts';

const NODES = ['dev-control-plane', 'dev-worker'];
const NAMES = ['registry.localtest.me:8443', 'localhost:5001'];
const { signal } = new AbortController();

let api: MemoryKubeApi;
let engine: MemoryEngine;
let probe: Probe;
let pulled: (node: string) => string;
/** What a pod becomes, and says. */
let status: object;
let log: readonly string[];

beforeEach(async () => {
  const image = await makeProbeImage(formatProbeProgram('amd64', 'hello'), 'amd64');
  probe = { image, repository: 'devreg-doctor/self-test', line: 'hello', nonce: 'abc' };
  pulled = () => `${image.manifest.digest}\n`;
  status = { phase: 'Succeeded' };
  log = ['hello'];
  engine = createMemoryEngine({
    containers: NODES.map((name) => ({ name, isRunning: true, labels: {}, ports: [] })),
    exec: ({ container, command }) => (command.join(' ').includes('@sha256:') ? pulled(container) : ''),
  });
  api = openMemoryKubeApi();
  const { apply } = api;
  api.apply = async (object: KubeObject) => {
    const applied = await apply(object);
    api.podLogs.set('default/devreg-doctor-abc', log);
    setImmediate(() => api.put({ ...applied, status }));
    return applied;
  };
});

interface Told {
  readonly steps: readonly string[];
  readonly undone: readonly string[];
}

async function go(): Promise<Told> {
  const steps: string[] = [];
  const undoing: { what: string; work: () => Promise<void> }[] = [];
  let hasFailed = false;
  const journal: Journal = {
    async step(step, what, work) {
      if (hasFailed) return undefined;
      try {
        const result = await work();
        steps.push(`${step} ${what}`);
        return result;
      } catch (error) {
        hasFailed = true;
        steps.push(`${step} ${what}: ${String(error)}`);
        return undefined;
      }
    },
    undo: (what, work) => void undoing.push({ what, work }),
  };
  await clusterSteps({ engine, nodes: NODES, names: NAMES, api }, signal)(probe, journal);
  for (const { work } of undoing.toReversed()) await work();
  return { steps, undone: undoing.map(({ what }) => what) };
}

describe('an image', () => {
  it('is pulled by every node under every name, and run by a pod, and removed', async () => {
    const { steps, undone } = await go();
    expect(steps.filter((step) => step.startsWith('node-pull'))).toEqual(
      NODES.flatMap((node) => NAMES.map((name) => `node-pull pull by ${node} as ${name}`)),
    );
    expect(steps.slice(-2)).toEqual(['pod a pod', 'pod its log']);
    expect(undone).toEqual(['the image on dev-control-plane', 'the image on dev-worker', 'the pod']);
    const { digest } = probe.image.manifest;
    const asked = engine.execs.map(({ command }) => command.at(-1));
    expect(asked).toContain(`localhost:5001/devreg-doctor/self-test@${digest}`);
    expect(asked.filter((word) => word === digest)).toHaveLength(2);
    expect(await api.list({ apiVersion: 'v1', kind: 'Pod' })).toEqual([]);
  });

  it('that a node does not get goes no further', async () => {
    pulled = (node) => {
      if (node === 'dev-worker') throw new Error('x509: unknown authority');
      return '';
    };
    const { steps } = await go();
    expect(steps.at(-1)).toMatch(/^node-pull pull by dev-worker as registry.*x509: unknown authority\.$/);
  });

  it('of another digest is told', async () => {
    pulled = () => 'sha256:other\n';
    expect((await go()).steps.at(-1)).toMatch(/^digest .* sha256:other arrived/);
  });

  it.each([
    [
      {
        phase: 'Pending',
        containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull', message: 'no such host' } } }],
      },
      'ErrImagePull: no such host',
    ],
    [{ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 139 } } }] }, 'it ended with 139'],
    [{ phase: 'Failed', message: 'evicted' }, 'evicted'],
  ])('whose pod does not run: %j', async (becomes, words) => {
    status = becomes;
    const { steps } = await go();
    expect(steps.at(-1)).toBe(`pod a pod: Error: ${words}`);
    expect(await api.list({ apiVersion: 'v1', kind: 'Pod' })).toEqual([]);
  });

  it('whose pod says something else', async () => {
    log = ['hello', 'you'];
    expect((await go()).steps.at(-1)).toMatch(/^pod its log: Error: it said/);
  });
});
