/** What devreg puts into a cluster, in a real one: the API, every object, names in pods, and why something fails. */
import { copyFile, mkdir, mkdtempDisposable, readFile } from 'node:fs/promises';
import { randomBytes, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import bundling from '../rolldown.config.ts';
import { type RegistryImage, ensureRegistryImage } from '../src/image/registry-image.ts';
import { type Authority, createAuthority } from '../src/certs/authority.ts';
import { generateKey, keyToPem } from '../src/certs/keys.ts';
import { issueLeaf } from '../src/certs/leaf.ts';
import { applyAll } from '../src/kube/apply-all.ts';
import { awaitDeployment } from '../src/kube/await-workload.ts';
import { createKubeApi } from '../src/kube/client-node-api.ts';
import { type DnsRules, ensureNames, removeNames } from '../src/kube/cluster-dns.ts';
import type { KubeApi, KubeObject } from '../src/kube/kube-api.ts';
import { createRunner } from '../src/process/execa-runner.ts';
import { renderIngress, renderRegistry } from '../src/rendering/cluster-objects.ts';
import type { ClusterView } from '../src/rendering/cluster-view.ts';
import { formatYaml } from '../src/rendering/objects.ts';
import { kubeApiContract } from '../test/support/contracts/kube-api-contract.ts';
import { sampleView } from '../test/support/cluster-view.ts';
import { NODE_IMAGE } from './support/image-names.ts';

const ROOT = join(import.meta.dirname, '..');
const TRAEFIK = 'docker.io/library/traefik:v3.6.12';
const CLUSTER = `devreg-e2e-kube-${randomBytes(3).toString('hex')}`;
const NODE = `${CLUSTER}-control-plane`;
const HOST = 'registry.localtest.me';
const COREDNS = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' };
const RULES: DnsRules = {
  exact: [{ name: HOST, target: 'registry.devreg.svc.cluster.local' }],
  below: [{ domain: 'localtest.me', target: 'traefik.devreg.svc.cluster.local' }],
};

const runner = createRunner(process.env);
const undo = new AsyncDisposableStack();
let kubeconfig: string;
let api: KubeApi;
let image: RegistryImage;
let tls: NonNullable<ClusterView['tls']>;

const soon = (seconds: number) => AbortSignal.timeout(seconds * 1_000);
const onNode = (...args: readonly string[]) => execa('docker', ['exec', '-i', NODE, ...args]);
const importOnNode = ['exec', '-i', NODE, 'ctr', '--namespace=k8s.io', 'images', 'import', '-'];
const kubectl = (args: readonly string[], input = '') =>
  runner.run({ program: 'kubectl', args: ['--kubeconfig', kubeconfig, ...args], input });
const kind = (verb: string, ...args: readonly string[]) =>
  runner.run({ program: 'kind', args: [verb, 'cluster', '--name', CLUSTER, '--kubeconfig', kubeconfig, ...args] });

beforeAll(async () => {
  const { path: folder, remove } = await mkdtempDisposable(join(tmpdir(), 'devreg-e2e-'));
  undo.defer(remove);
  kubeconfig = join(folder, 'kubeconfig');
  undo.defer(async () => void (await kind('delete')));
  const made = kind('create', '--image', NODE_IMAGE);
  [image, tls] = await Promise.all([assembleImage(folder), newCertificate(), made]);
  await Promise.all([
    execa('docker', importOnNode, { input: image.open() }),
    execa('docker', ['save', TRAEFIK], { buffer: false }).pipe('docker', importOnNode),
    onNode('install', '-d', '-o', '65532', '-g', '65532', '/var/lib/devreg/registry'),
  ]);
  api = createKubeApi(await readFile(kubeconfig, 'utf8'));
  await api.ready(soon(60));
});

afterAll(() => undo.disposeAsync());

/** Builds what is shipped, from the source as it is, and assembles the image of it. */
async function assembleImage(folder: string): Promise<RegistryImage> {
  const { input } = bundling;
  if (typeof input !== 'object' || Array.isArray(input)) throw new Error('The bundle is configured without names.');
  const { devreg: _tool, ...registry } = input;
  await using bundle = await rolldown({ input: registry, platform: 'node', cwd: ROOT });
  await bundle.write({ dir: join(folder, 'dist'), format: 'esm', chunkFileNames: '[name]-[hash].js' });
  await mkdir(join(folder, 'bin'));
  for (const name of ['bin/registry', 'package.json']) await copyFile(join(ROOT, name), join(folder, name));
  return ensureRegistryImage({
    version: '0.0.0-e2e',
    cacheFolder: join(folder, 'cache'),
    packageFolder: folder,
    node: { path: process.execPath, platform: process.platform, architecture: process.arch },
    runner,
  });
}

/** A certificate for the registry and everything beside it, of a CA of its own. */
async function newCertificate(): Promise<typeof tls> {
  const now = new Date();
  const authority: Authority = await createAuthority({ owner: 'test@test', now });
  const leaf = await issueLeaf(authority, {
    names: [HOST, '*.localtest.me', 'localhost'],
    now,
    key: await generateKey(2048),
  });
  return {
    certificate: leaf.certificate.toString(),
    key: keyToPem(leaf.key),
    authority: authority.certificate.toString(),
  };
}

function view(): ClusterView {
  const sample = sampleView();
  return {
    ...sample,
    cluster: CLUSTER,
    tls,
    ingress: { image: TRAEFIK, domain: 'localtest.me' },
    registry: { ...sample.registry, image: image.reference, host: HOST, durability: 'fast' },
  };
}

const render = async (shown: ClusterView) => [...(await renderRegistry(shown)), ...(await renderIngress(shown))];

/** Runs a script with the registry's Node in a pod. @returns what it wrote */
async function runInPod(script: string): Promise<string> {
  const name = `asker-${randomBytes(4).toString('hex')}`;
  const container = { name: 'asker', image: image.reference, imagePullPolicy: 'Never', args: ['-e', script] };
  await api.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { restartPolicy: 'Never', containers: [{ ...container, command: ['/usr/local/bin/node'] }] },
  });
  for await (const pod of api.watch({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name }, soon(60))) {
    const { phase } = (pod?.['status'] ?? {}) as { phase?: string };
    if (phase === 'Succeeded' || phase === 'Failed') break;
  }
  return (await Array.fromAsync(api.logs({ namespace: 'default', name }, {}, soon(10)))).join('\n');
}

function deployment(name: string, container: object, spec: object = {}): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', ...container }], ...spec },
      },
    },
  };
}

describe('a real API', () => kubeApiContract(async () => ({ api, namespace: 'default' })));

describe('every object', () => {
  const variants: readonly (readonly [string, (shown: ClusterView) => ClusterView])[] = [
    ['as it is by default', (shown) => shown],
    ['in plain HTTP', (shown) => ({ ...shown, tls: undefined })],
    [
      'without an ingress',
      (shown) => ({ ...shown, ingress: undefined, registry: { ...shown.registry, namedNodePort: 30_501 } }),
    ],
    [
      'on a storage class',
      (shown) => ({
        ...shown,
        registry: { ...shown.registry, storage: { kind: 'class', className: 'standard', size: '1Gi' } },
      }),
    ],
  ];

  it.each(variants)('%s is what the API takes', async (_, change) => {
    const text = formatYaml(await render(change(view())));
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'devreg' } });
    const { stdout } = await kubectl(
      ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'],
      text,
    );
    expect(stdout).toContain('deployment.apps/registry serverside-applied');
  });
});

describe('registry and ingress', () => {
  it('come up', async () => {
    const objects = await render(view());
    const started = performance.now();
    await applyAll(api, objects, soon(60));
    process.stdout.write(`${objects.length} objects applied in ${Math.round(performance.now() - started)} ms\n`);
    const wait = (name: string) => {
      const onNote = (note: string) =>
        process.stdout.write(`${name} after ${Math.round(performance.now() - started)} ms: ${note}\n`);
      return awaitDeployment(api, { namespace: 'devreg', name }, { signal: soon(120), onNote });
    };
    await Promise.all([wait('registry'), wait('traefik')]);
  });

  it('answer on the node: by NodePort in both protocols, by name over TLS', async () => {
    const status = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code} '];
    const plain = await onNode(...status, 'http://127.0.0.1:30500/v2/');
    const secure = await onNode(...status, '-k', 'https://127.0.0.1:30500/v2/');
    const named = ['-k', '--resolve', `${HOST}:443:127.0.0.1`, `https://${HOST}/v2/`];
    expect([plain.stdout, secure.stdout].map((text) => text.trim())).toEqual(['401', '401']);
    // The ingress gathers changes for up to two seconds.
    await expect.poll(async () => (await onNode(...status, ...named)).stdout, { timeout: 10_000 }).toBe('401 ');
    const { stdout: headers } = await onNode('curl', '-sI', ...named);
    expect(headers).toContain(`realm="https://${HOST}/v2/token"`);
  });

  it('applied again stay as they are', async () => {
    const key = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'devreg', name: 'registry' };
    const before = await api.get(key);
    await Promise.all((await render(view())).map((object) => api.apply(object)));
    expect(await api.get(key)).toEqual(before);
  });

  it('present a renewed certificate without a restart', async () => {
    const renewed = await newCertificate();
    const objects = await renderRegistry({ ...view(), tls: renewed });
    await Promise.all(objects.map((object) => api.apply(object)));
    const print = `echo | openssl s_client -connect 127.0.0.1:443 -servername ${HOST} 2>/dev/null | openssl x509 -noout -fingerprint -sha256`;
    await expect
      .poll(async () => (await onNode('sh', '-c', print)).stdout, { timeout: 30_000 })
      .toContain(new X509Certificate(renewed.certificate).fingerprint256);
  });
});

describe('the Gateway API', () => {
  const crds = process.env['GATEWAY_API_CRDS'] ?? '';

  it.runIf(crds !== '')('is served where its definitions are', async () => {
    await kubectl(['apply', '--server-side', '-f', crds]);
    await kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
    const shown = { ...view(), ingress: { image: TRAEFIK, domain: 'localtest.me', gatewayApi: true } };
    await Promise.all((await renderIngress(shown)).map((object) => api.apply(object)));
    await awaitDeployment(api, { namespace: 'devreg', name: 'traefik' }, { signal: soon(120) });
    await api.apply({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'routed', namespace: 'devreg' },
      spec: {
        parentRefs: [{ name: 'traefik' }],
        hostnames: ['routed.localtest.me'],
        rules: [{ backendRefs: [{ name: 'registry', port: 5000 }] }],
      },
    });
    const routed = ['-k', '--resolve', 'routed.localtest.me:443:127.0.0.1', 'https://routed.localtest.me/v2/'];
    await expect
      .poll(async () => (await onNode('curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...routed)).stdout, {
        timeout: 30_000,
      })
      .toBe('401');
  });
});

describe('names', () => {
  const ask = `
    const { resolve4 } = require('node:dns').promises;
    const names = ['${HOST}', 'app.localtest.me', 'a.b.localtest.me', 'xlocaltest.me', 'registryxlocaltest.me'];
    Promise.all(names.map((name) => resolve4(name).catch(() => ['none'])))
      .then((found) => console.log(JSON.stringify(found.flat())));`;

  it('are in force when they are given', async () => {
    const before = (await api.get(COREDNS))?.['data'];
    const started = performance.now();
    await ensureNames(api, RULES, soon(90));
    process.stdout.write(`names in force after ${Math.round(performance.now() - started)} ms\n`);
    const ingress = await api.get({ apiVersion: 'v1', kind: 'Service', namespace: 'devreg', name: 'traefik' });
    const { clusterIP } = (ingress?.['spec'] ?? {}) as { clusterIP?: string };
    const { clusterIP: registry } = view().registry;
    expect(JSON.parse(await runInPod(ask))).toEqual([registry, clusterIP, clusterIP, 'none', 'none']);

    const given = await api.get(COREDNS);
    await ensureNames(api, RULES, soon(90));
    expect(await api.get(COREDNS)).toEqual(given);
    await removeNames(api, soon(30));
    expect((await api.get(COREDNS))?.['data']).toEqual(before);
    await ensureNames(api, RULES, soon(90));
  });

  it('lead pods to the registry, by the port it has outside', async () => {
    const answer = await runInPod(`
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
      const urls = ['https://${HOST}:8443/v2/', 'http://registry.devreg.svc.cluster.local:5000/v2/'];
      Promise.all(urls.map(async (url) => (await fetch(url)).headers.get('www-authenticate')))
        .then((found) => console.log(JSON.stringify(found)));`);
    expect(answer).toContain(`realm=\\"https://${HOST}:8443/v2/token\\"`);
    expect(answer).toContain('realm=\\"http://registry.devreg.svc.cluster.local:5000/v2/token\\"');
  });
});

describe('a Deployment that cannot come up', () => {
  const cases: readonly (readonly [string, () => KubeObject, RegExp])[] = [
    [
      'image-absent',
      () => deployment('image-absent', { image: 'localhost/nothing:1', imagePullPolicy: 'Never' }),
      /its image localhost\/nothing:1 cannot be used \(ErrImageNeverPull\): .*not present/,
    ],
    [
      'image-unreachable',
      () => deployment('image-unreachable', { image: 'registry.invalid/nothing:1' }),
      /its image registry\.invalid\/nothing:1 cannot be used \(ErrImagePull\): .+/,
    ],
    [
      'nowhere',
      () => deployment('nowhere', { image: image.reference }, { nodeSelector: { planet: 'mars' } }),
      /its pod cannot be scheduled: 0\/1 nodes are available: .*(selector|affinity)/,
    ],
    [
      'crashing',
      () =>
        deployment('crashing', {
          image: image.reference,
          imagePullPolicy: 'Never',
          // Without a probe it would be available for as long as it lives.
          readinessProbe: { tcpSocket: { port: 1 } },
          command: ['/usr/local/bin/node', '-e', 'console.log("the last word"); process.exit(3)'],
        }),
      /its container main ended with exit code 3, and its log ends with: the last word/,
    ],
    [
      'unmounted',
      () =>
        deployment(
          'unmounted',
          { image: image.reference, volumeMounts: [{ name: 'a', mountPath: '/a' }] },
          { volumes: [{ name: 'a', secret: { secretName: 'no-such-secret' } }] },
        ),
      /its pod cannot start: .*no-such-secret/,
    ],
  ];

  it.concurrent.each(cases)('says why: %s', async (name, make, reason) => {
    const started = performance.now();
    await api.apply(make());
    const error: unknown = await awaitDeployment(api, { namespace: 'default', name }, { signal: soon(90) }).catch(
      (thrown: unknown) => thrown,
    );
    process.stdout.write(`${name}: ${Math.round(performance.now() - started)} ms, ${String(error)}\n`);
    expect(error).toMatchObject({ code: 'WORKLOAD_FAILED', message: expect.stringMatching(reason) });
    await api.remove({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name });
  });
});
