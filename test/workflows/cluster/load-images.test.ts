/** Which images come to the node from the engine, and by which name. */
import { describe, expect, it } from 'vitest';
import { settleCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { INGRESS_IMAGE } from '../../../src/workflows/cluster/cluster-views.ts';
import { loadImages } from '../../../src/workflows/cluster/load-images.ts';
import { createMemoryEngine } from '../../support/fakes/memory-engine.ts';

const NODE = { name: 'dev-control-plane', isRunning: true, labels: {}, ports: [] };
const OWN = 'my-registry:1';

async function load(kind: 'docker' | 'podman', images: readonly string[], registryImage?: string): Promise<string[]> {
  const engine = createMemoryEngine({ kind, images, containers: [NODE] });
  const nodes = [{ name: NODE.name, role: 'control-plane' as const }];
  const settings = settleCluster({ registryImage }, undefined);
  await loadImages(settings, nodes, undefined, engine, AbortSignal.timeout(10_000));
  return engine.execs.flatMap(({ command, input }) => {
    const text = command.join(' ');
    if (text.includes('images import')) return [`import ${String(JSON.parse(input).name)}`];
    return text.includes('images tag') ? [`tag ${command.slice(-2).join(' as ')}`] : [];
  });
}

describe('images of the engine', () => {
  it('are brought as Docker has them', async () => {
    expect(await load('docker', [INGRESS_IMAGE, OWN], OWN)).toEqual([`import ${OWN}`, `import ${INGRESS_IMAGE}`]);
  });

  it('are not looked for under other names in Docker', async () => {
    expect(await load('docker', ['localhost/traefik:v3.6.12'])).toEqual([]);
  });

  it('are brought from Podman by its own name for them too, and get theirs on the node', async () => {
    expect(await load('podman', ['localhost/traefik:v3.6.12', 'localhost/my-registry:1'], OWN)).toEqual([
      'import localhost/my-registry:1',
      'tag localhost/my-registry:1 as docker.io/library/my-registry:1',
      'import localhost/traefik:v3.6.12',
      'tag localhost/traefik:v3.6.12 as docker.io/library/traefik:v3.6.12',
    ]);
  });
});
