/** Clusters by kind, with real containers: made, trusted, given images, called off, broken. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../src/certs/authority.ts';
import { generateKey, keyToPem } from '../src/certs/keys.ts';
import { issueLeaf } from '../src/certs/leaf.ts';
import type { ClusterOrder } from '../src/cluster/cluster-provider.ts';
import { createKindProvider } from '../src/cluster/kind/kind-provider.ts';
import { hasImage, importImage } from '../src/cluster/node-images.ts';
import { ensureNodeTrust } from '../src/cluster/node-trust.ts';
import { createDockerEngine } from '../src/engine/docker-engine.ts';
import { createRunner } from '../src/process/execa-runner.ts';
import { REGISTRY_DEFAULTS } from '../src/registry/defaults.ts';
import { openRegistry } from '../src/registry/registry.ts';
import { renderKindConfig } from '../src/rendering/kind-config.ts';
import { clusterProviderContract, type MadeCluster } from '../test/support/contracts/cluster-provider-contract.ts';
import { NODE_IMAGE, SMALL } from './support/image-names.ts';

const name = (what: string) => `devreg-e2e-${what}-${randomBytes(3).toString('hex')}`;

const folder = await mkdtemp(join(tmpdir(), 'devreg-e2e-'));
const kubeconfigPath = join(folder, 'kubeconfig');
const runner = createRunner({ ...process.env, KUBECONFIG: kubeconfigPath });
const engine = createDockerEngine(runner);
const provider = createKindProvider({ runner, engine });

const readUserKubeconfig = () => readFile(kubeconfigPath, 'utf8').catch(() => '');

afterAll(() => rm(folder, { recursive: true, force: true }));

async function orderFor(cluster: string, workers: number, port?: number): Promise<ClusterOrder> {
  const config = await renderKindConfig({
    cluster,
    workers,
    protocol: 'https',
    listenAddress: '127.0.0.1',
    port: port ?? (await freePort()),
    localPort: await freePort(),
    nodePort: 30_500,
    namedNodePort: undefined,
    extraPorts: [],
    dataFolder: undefined,
  });
  return { name: cluster, config, nodeImage: NODE_IMAGE, keepOnFailure: false };
}

async function freePort(): Promise<number> {
  await using holder = await holdPort();
  return holder.port;
}

async function holdPort(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return { port: address.port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function kubectl({ kubeconfig }: MadeCluster, args: readonly string[], input?: string): Promise<string> {
  const path = join(folder, 'made-kubeconfig');
  await writeFile(path, kubeconfig, { mode: 0o600 });
  const command = { program: 'kubectl', args: ['--kubeconfig', path, ...args] };
  return (await runner.run(input === undefined ? command : { ...command, input })).stdout;
}

const podOn = (node: string, pod: string, image: string, imagePullPolicy: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod },
    spec: {
      nodeName: node,
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'a', image, imagePullPolicy }],
    },
  });

async function expectToRun(
  cluster: MadeCluster,
  node: string,
  pod: string,
  image: string,
  policy: string,
): Promise<void> {
  // The account that pods run as comes a moment after the API.
  await kubectl(cluster, ['wait', '--for=create', 'serviceaccount/default', '--timeout=60s']);
  await kubectl(cluster, ['create', '-f', '-'], podOn(node, pod, image, policy));
  await kubectl(cluster, ['wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=120s']);
}

describe('a cluster by kind', () => {
  clusterProviderContract(
    async () => ({ provider, order: await orderFor(name('life'), 1), readUserKubeconfig }),
    (made) => {
      describe('while it is up', () => {
        beforeAll(() => {
          const { times, phases } = made();
          const seconds = Object.entries(times).map(([piece, time]) => `${piece} ${(time / 1000).toFixed(1)} s`);
          process.stderr.write(`kind: ${seconds.join(', ')}; ${phases.join(' · ')}\n`);
        });

        it('has its pieces well before it is made', () => {
          const { nodes, kubeconfig, made: done } = made().times;
          expect(nodes).toBeLessThan(done - 5_000);
          expect(kubeconfig).toBeLessThan(done - 5_000);
        });

        it('answers by the kubeconfig that came first', async () => {
          expect(await kubectl(made(), ['get', 'nodes', '-o', 'name'])).toContain(`node/${made().order.name}-worker`);
        });

        it('is trusted by files that are written once', () => expectTrustFiles(made()));

        it('pulls by every name from the one address, by the CA that it was given', () => expectPull(made()));

        it('runs an image that was streamed into a node, unpulled', () => expectImport(made()));
      });
    },
  );
});

async function expectTrustFiles({ nodes }: MadeCluster): Promise<void> {
  const certsFolder = '/etc/containerd/certs.d';
  const exec = (node: string, ...command: string[]) => engine.exec({ container: node, command });
  const trust = {
    registries: [{ name: 'a.test:8443' }, { name: 'b.test' }],
    server: 'https://10.96.0.50:5000',
    ca: 'PEM\n',
  };
  const first = await ensureNodeTrust(engine, nodes, trust);
  expect(first).toEqual(
    nodes.map((node) => ({ node: node.name, written: ['a.test:8443', 'b.test'], removed: [], conflicts: [] })),
  );
  for (const { name: node } of nodes) {
    expect(await exec(node, 'cat', `${certsFolder}/a.test:8443/hosts.toml`)).toContain(
      'ca = "/etc/containerd/devreg-ca.crt"',
    );
    expect(await exec(node, 'cat', '/etc/containerd/devreg-ca.crt')).toBe('PEM\n');
  }
  const again = await ensureNodeTrust(engine, nodes, trust);
  expect(again.flatMap(({ written, removed }) => [...written, ...removed])).toEqual([]);
}

/** A registry on the bridge that the nodes are on, with a certificate for nothing but its address. */
async function expectPull(cluster: MadeCluster): Promise<void> {
  const [, worker] = cluster.nodes;
  if (worker === undefined) throw new Error('There is no worker.');
  const gateway = await findGateway();
  const now = new Date();
  const authority = await createAuthority({ owner: 'e2e@test', now, key: await generateKey(2048) });
  const leaf = await issueLeaf(authority, { names: [gateway], now, key: await generateKey(2048) });
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  await writeFile(files.cert, leaf.certificate.toString());
  await writeFile(files.key, keyToPem(leaf.key), { mode: 0o600 });
  const listen = [{ host: gateway, port: 0 }];
  const config = { ...REGISTRY_DEFAULTS, dataDir: join(folder, 'data'), listen, tls: files, anonymousPush: true };
  const requests: string[] = [];
  const tell = (event: string, fields: object = {}) => void requests.push(JSON.stringify({ event, ...fields }));
  const log = { info: tell, warn: tell, error: tell, flush: () => {} };
  await using registry = await openRegistry(config, { log, clock: { now: () => new Date() } });
  const port = registry.addresses[0]?.port;
  const repository = `e2e/app-${randomBytes(3).toString('hex')}`;
  const archive = join(folder, 'app.tar');
  await runner.run({ program: 'docker', args: ['save', '--output', archive, SMALL] });
  await runner.run({ program: 'crane', args: ['push', '--insecure', archive, `${gateway}:${port}/${repository}:1`] });

  const registries = [{ name: 'registry.localtest.me:8443' }, { name: 'localhost:5001' }];
  const trust = { registries, server: `https://${gateway}:${port}`, ca: authority.certificate.toString() };
  const reports = await ensureNodeTrust(engine, cluster.nodes, trust);
  expect(reports.map(({ removed }) => removed)).toEqual(cluster.nodes.map(() => ['a.test:8443', 'b.test']));
  requests.length = 0;
  await expectToRun(cluster, worker.name, 'named', `registry.localtest.me:8443/${repository}:1`, 'Always');
  await expectToRun(cluster, worker.name, 'local', `localhost:5001/${repository}:1`, 'Always');
  expect(requests.filter((line) => line.includes(`/v2/${repository}/manifests/1`)).length).toBeGreaterThanOrEqual(2);
}

async function findGateway(): Promise<string> {
  const format = '{{range .IPAM.Config}}{{.Gateway}} {{end}}';
  const { stdout } = await runner.run({ program: 'docker', args: ['network', 'inspect', 'kind', '--format', format] });
  const ours = Object.values(networkInterfaces()).flatMap(
    (addresses) => addresses?.map(({ address }) => address) ?? [],
  );
  const gateway = stdout.split(' ').find((address) => ours.includes(address) && !address.includes(':'));
  if (gateway === undefined) throw new Error('This machine is not on the network of kind.');
  return gateway;
}

async function expectImport(cluster: MadeCluster): Promise<void> {
  const [, worker] = cluster.nodes;
  if (worker === undefined) throw new Error('There is no worker.');
  const tag = `example.test/streamed/${randomBytes(3).toString('hex')}:1`;
  expect(await hasImage(engine, worker.name, tag)).toBe(false);
  await runner.run({ program: 'docker', args: ['tag', SMALL, tag] });
  try {
    await importImage(engine, worker.name, engine.saveImage(tag));
  } finally {
    await runner.run({ program: 'docker', args: ['rmi', tag] });
  }
  expect(await hasImage(engine, worker.name, tag)).toBe(true);
  await expectToRun(cluster, worker.name, 'streamed', tag, 'Never');
}

describe('what cannot be made', () => {
  const begin = (order: ClusterOrder) =>
    provider.create(order, { signal: new AbortController().signal, onPhase: () => {} });

  it('is told by the port that is taken', async () => {
    await using holder = await holdPort();
    const order = await orderFor(name('port'), 1, holder.port);
    await expect(begin(order).made).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PORT_IN_USE',
      message: expect.stringContaining(`Port ${holder.port} `),
    });
    expect(await provider.listNodes(order.name)).toEqual([]);
  });

  it('is told by the node image that is nowhere', async () => {
    const order = { ...(await orderFor(name('image'), 0)), nodeImage: 'nowhere.invalid/node:1' };
    await expect(begin(order).made).rejects.toMatchObject({
      code: 'NODE_IMAGE_MISSING',
      message: expect.stringContaining('nowhere.invalid/node:1'),
    });
  });

  it('is told by the node image that is none, and is kept when ordered so', async () => {
    const order = { ...(await orderFor(name('unfit'), 0)), nodeImage: SMALL, keepOnFailure: true };
    try {
      await expect(begin(order).made).rejects.toMatchObject({ code: 'NODE_IMAGE_UNFIT' });
      expect(await provider.listNodes(order.name)).toHaveLength(1);
    } finally {
      await provider.remove(order.name);
    }
    expect(await provider.listNodes(order.name)).toEqual([]);
  });

  it('leaves nothing when it is called off while containers are being started', async () => {
    const order = await orderFor(name('early'), 1);
    const stop = new AbortController();
    const onPhase = (phase: string) => phase === 'Starting the nodes' && stop.abort(new Error('enough'));
    await expect(provider.create(order, { signal: stop.signal, onPhase }).made).rejects.toThrow('enough');
    expect(await provider.listNodes(order.name)).toEqual([]);
  });

  it('leaves nothing when it is called off while the control plane starts', async () => {
    const order = await orderFor(name('abort'), 0);
    const stop = new AbortController();
    const birth = provider.create(order, { signal: stop.signal, onPhase: () => {} });
    await birth.nodes;
    stop.abort(new Error('enough'));
    await expect(birth.made).rejects.toThrow('enough');
    expect(await provider.listNodes(order.name)).toEqual([]);
    expect(await readUserKubeconfig()).not.toContain(order.name);
  });
});
