/** The recipe that makes a cluster: its order, and what it leaves. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';
import { expectOrder } from './expect-order.ts';
import { openWorkshop } from './workshop.ts';

const REGISTRY = 'localhost/devreg-registry:test';
const TRAEFIK = 'docker.io/library/traefik:v3.6.12';

describe('a new cluster', () => {
  it('is remembered before it is begun, and as ready only when it answers', async () => {
    await using shop = await openWorkshop();
    const { outcome, record, resolves, ca } = await shop.create({ workers: 1 });
    expect({ outcome, resolves }).toEqual({ outcome: 'created', resolves: true });
    expectOrder(shop.events, 'save creating', 'create dev', 'apply Deployment registry', 'save ready');
    expect(shop.events.filter((event) => event === 'save creating')).toHaveLength(1);
    expect(record).toMatchObject({ stage: 'ready', engine: 'docker' });
    expect(await shop.ports.records.find('dev')).toEqual(record);
    expect(ca).toBe(join(shop.home, '.local/share/devreg/ca/ca.crt'));
    expect(shop.said).not.toContainEqual(expect.stringContaining('warning'));
  });

  it('has its images and its trust before anything is applied that needs them', async () => {
    await using shop = await openWorkshop();
    await shop.create({ workers: 1 });
    const node = 'dev-control-plane';
    expectOrder(
      shop.events,
      'create dev',
      `install on ${node}`,
      `import ${REGISTRY} on ${node}`,
      `import ${TRAEFIK} on ${node}`,
      'apply Namespace devreg',
      'apply Secret registry-credential',
      'apply Deployment registry',
    );
    expect(shop.events).toContain(`trust on ${node}`);
    expect(shop.events).toContain('trust on dev-worker');
    expect(shop.events.filter((event) => event.startsWith('import') && event.endsWith('dev-worker'))).toEqual([]);
    expect(shop.machine.provider.contexts).toContain('kind-dev');
  });

  it('waits with its objects until a slow image is on the node', async () => {
    const { promise: archiveGate, resolve } = Promise.withResolvers<void>();
    await using shop = await openWorkshop({ archiveGate });
    const created = shop.create();
    await expect.poll(() => shop.machine.apiOf('dev').changes).toContain('patch ConfigMap kube-system/coredns');
    // Whoever did not wait would have come here by now.
    for (let turns = 0; turns < 200; turns += 1) await new Promise(setImmediate);
    expect(shop.events).toContain('trust on dev-control-plane');
    expect(shop.events.filter((event) => event.startsWith('apply'))).toEqual([]);
    resolve();
    expect((await created).outcome).toBe('created');
  });

  it('tells nodes every name, by the fixed address, with the authority', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create({ aliases: ['images.localtest.me'] });
    const { port, registryPort } = record.settings;
    const [script = ''] = shop.machine.trustScripts();
    for (const name of [
      `registry.localtest.me:${port}`,
      `images.localtest.me:${port}`,
      `localhost:${registryPort}`,
      'registry.devreg.svc.cluster.local:5000',
    ])
      expect(script).toContain(`'${name}'`);
    expect(script).toContain('server = "https://10.96.0.50:5000"');
    expect(script).toContain('BEGIN CERTIFICATE');
    const corefile = await shop.machine
      .apiOf('dev')
      .get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' });
    expect(JSON.stringify(corefile)).toContain('rewrite name exact images.localtest.me. registry.devreg.svc');
  });

  it('has a certificate for every name, and the fixed address', async () => {
    await using shop = await openWorkshop();
    await shop.create({ host: 'gitea.cnoe.localtest.me', pathRouting: true, aliases: ['images.localtest.me'] });
    const file = join(shop.home, '.local/share/devreg/registries/dev/tls/tls.crt');
    const names = new X509Certificate(await readFile(file)).subjectAltName?.split(', ') ?? [];
    for (const name of [
      'DNS:gitea.cnoe.localtest.me',
      'DNS:cnoe.localtest.me',
      'DNS:images.localtest.me',
      'DNS:localhost',
      'DNS:registry.devreg',
      'DNS:registry.devreg.svc',
      'DNS:registry.devreg.svc.cluster.local',
      'IP Address:10.96.0.50',
    ])
      expect(names).toContain(name);
  });

  it('without TLS has no certificate anywhere', async () => {
    await using shop = await openWorkshop();
    const { record, ca } = await shop.create({ tls: 'off' });
    expect(ca).toBeUndefined();
    expect(record.trusted).toEqual([]);
    const [script = ''] = shop.machine.trustScripts();
    expect(script).toContain('server = "http://10.96.0.50:5000"');
    expect(script).not.toContain('CERTIFICATE');
    expect(Object.keys(await shop.tree()).filter((name) => /tls|crt/.test(name))).toEqual([]);
  });

  it('without ingress has neither its image nor its objects', async () => {
    await using shop = await openWorkshop();
    await shop.create({ ingress: 'none' });
    expect(shop.events.filter((event) => /traefik/.test(event))).toEqual([]);
  });

  it('leaves to the node to pull what the engine does not have', async () => {
    await using shop = await openWorkshop({ images: [] });
    await shop.create();
    expect(shop.events.filter((event) => event.startsWith('import'))).toEqual([
      `import ${REGISTRY} on dev-control-plane`,
    ]);
  });

  it('runs an image of the user’s own, from the engine where it is there, and may pull it otherwise', async () => {
    await using shop = await openWorkshop({ images: ['mine:1'] });
    await shop.create({ registryImage: 'mine:1' });
    expect(shop.events.filter((event) => event.startsWith('import'))).toEqual(['import mine:1 on dev-control-plane']);
    const deployment = await shop.machine
      .apiOf('dev')
      .get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'devreg', name: 'registry' });
    expect(JSON.stringify(deployment)).toContain('"image":"mine:1","imagePullPolicy":"IfNotPresent"');
  });

  it('never pulls devreg’s own image', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    const deployment = await shop.machine
      .apiOf('dev')
      .get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'devreg', name: 'registry' });
    expect(JSON.stringify(deployment)).toContain(`"image":"${REGISTRY}","imagePullPolicy":"Never"`);
  });

  it('has folders only where it keeps images in one', async () => {
    await using shop = await openWorkshop();
    await shop.create({ storageClass: 'standard' });
    expect(shop.events.filter((event) => event.startsWith('install'))).toEqual([]);
  });

  it('says which files on nodes are somebody else’s', async () => {
    await using shop = await openWorkshop({ trustOutput: 'conflict /etc/containerd/certs.d/x/hosts.toml\n' });
    await shop.create();
    expect(shop.said).toContain(
      'warning: /etc/containerd/certs.d/x/hosts.toml on dev-control-plane is not from devreg and stays as it is: the node may not find the registry.',
    );
  });

  it('raises no warning of Node about listeners, however much goes on side by side', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    try {
      await using shop = await openWorkshop();
      await shop.create({ workers: 12 });
      await new Promise(setImmediate);
    } finally {
      process.off('warning', note);
    }
    expect(warnings).toEqual([]);
  });
});

it('the record of a test is like a real one', async () => {
  await using shop = await openWorkshop();
  const { record } = await shop.create();
  expect(Object.keys(record).toSorted()).toEqual(Object.keys(CLUSTER_RECORD).toSorted());
});
