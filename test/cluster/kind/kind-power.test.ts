/** Which containers of a cluster are started and stopped, and in which order. */
import { expect, it } from 'vitest';
import { startNodes, stopNodes } from '../../../src/cluster/kind/kind-power.ts';
import { createMemoryEngine } from '../../support/fakes/memory-engine.ts';

const LABEL = 'io.x-k8s.kind.cluster';

const container = (name: string, role: string, isRunning: boolean, cluster = 'dev') => ({
  name,
  isRunning,
  labels: { [LABEL]: cluster, 'io.x-k8s.kind.role': role },
  ports: [],
});

function openEngine(isRunning: boolean) {
  const engine = createMemoryEngine({
    containers: [
      container('dev-external-load-balancer', 'external-load-balancer', isRunning),
      container('dev-worker2', 'worker', isRunning),
      container('dev-worker', 'worker', true),
      container('dev-control-plane', 'control-plane', isRunning),
      container('other-control-plane', 'control-plane', false, 'other'),
    ],
  });
  const asked: string[][] = [];
  return {
    asked,
    engine: {
      ...engine,
      start: async (names: readonly string[]) => (asked.push([...names]), engine.start(names)),
      stop: async (names: readonly string[], grace: number) => (asked.push([...names]), engine.stop(names, grace)),
    },
  };
}

it('starts what does not run: control plane, workers, and what balances last', async () => {
  const { engine, asked } = openEngine(false);
  const nodes = await startNodes(engine, 'dev', AbortSignal.timeout(5_000));
  expect(asked).toEqual([['dev-control-plane', 'dev-worker2', 'dev-external-load-balancer']]);
  expect(nodes.map(({ name }) => name)).toEqual(['dev-control-plane', 'dev-worker', 'dev-worker2']);
  const names = nodes.map(({ name }) => name);
  expect(engine.execs.map((one) => one.container).toSorted()).toEqual([...names, ...names].toSorted());
});

it('stops all of it at once, and nobody else’s', async () => {
  const { engine, asked } = openEngine(true);
  await stopNodes(engine, 'dev');
  expect(asked).toEqual([['dev-control-plane', 'dev-worker', 'dev-worker2', 'dev-external-load-balancer']]);
});
