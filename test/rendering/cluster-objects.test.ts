/** The objects of registry and ingress: everything a view says is in its place, and nothing else. */
import { describe, expect, it } from 'vitest';
import { renderIngress, renderRegistry } from '../../src/rendering/cluster-objects.ts';
import type { ClusterView } from '../../src/rendering/cluster-view.ts';
import { formatYaml, type Manifest } from '../../src/rendering/objects.ts';
import { sampleView } from '../support/cluster-view.ts';

const view = sampleView();
const plain: ClusterView = { ...view, tls: undefined };
const withRegistry = (changes: Partial<ClusterView['registry']>): ClusterView => ({
  ...view,
  registry: { ...view.registry, ...changes },
});
const namesOf = (objects: readonly Manifest[]) =>
  objects.map(({ kind, metadata: { namespace, name } }) => [kind, namespace, name].filter(Boolean).join(' '));

interface Container {
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

function find(objects: readonly Manifest[], name: string): Manifest {
  const found = objects.find((object) => namesOf([object])[0] === name);
  if (found === undefined) throw new Error(`There is no ${name} among ${namesOf(objects).join(', ')}.`);
  return found;
}

function podOf(objects: readonly Manifest[], name: string) {
  const { template } = find(objects, `Deployment devreg ${name}`)['spec'] as {
    template: {
      metadata: { annotations: Record<string, string>; labels: object };
      spec: { containers: [Container]; volumes: readonly { name: string }[] };
    };
  };
  return { ...template, container: template.spec.containers[0] };
}

const portsOf = async (render: typeof renderRegistry, shown: ClusterView, name: string) =>
  (find(await render(shown), `Service devreg ${name}`)['spec'] as { ports: readonly { port: number }[] }).ports;

describe('renderRegistry', () => {
  it('renders this', async () => {
    await expect(formatYaml(await renderRegistry(view))).toMatchFileSnapshot('registry.yaml.snap');
  });

  it('puts the namespace first and the Deployment last', async () => {
    const names = namesOf(await renderRegistry(view));
    expect(names[0]).toBe('Namespace devreg');
    expect(names.at(-1)).toBe('Deployment devreg registry');
    expect(new Set(names).size).toBe(names.length);
  });

  it('has no certificate in plain HTTP', async () => {
    const objects = await renderRegistry(plain);
    expect(namesOf(objects).filter((name) => /tls|devreg-ca/.test(name))).toEqual([]);
    const { container, spec } = podOf(objects, 'registry');
    expect(container.env?.filter(({ name }) => name.includes('TLS'))).toEqual([]);
    expect(spec.volumes.map(({ name }) => name)).toEqual(['data', 'credentials', 'tmp']);
    expect(find(objects, 'Ingress devreg registry')).toMatchObject({
      metadata: { annotations: { 'traefik.ingress.kubernetes.io/router.entrypoints': 'web' } },
      spec: expect.not.objectContaining({ tls: expect.anything() }),
    });
  });

  it('serves every name at the ingress, and none without one', async () => {
    const ingress = find(await renderRegistry(view), 'Ingress devreg registry');
    const hosts = ['registry.localtest.me', 'cnoe.localtest.me'];
    expect(ingress['spec']).toMatchObject({ rules: hosts.map((host) => ({ host })), tls: [{ hosts }] });
    const without = namesOf(await renderRegistry({ ...view, ingress: undefined }));
    expect(without.filter((name) => name.startsWith('Ingress'))).toEqual([]);
  });

  it('serves each port once in the cluster', async () => {
    const ports = async (changes: Partial<ClusterView['registry']>) =>
      (await portsOf(renderRegistry, withRegistry(changes), 'registry')).map(({ port }) => port);
    expect(await ports({})).toEqual([5000, 8443, 5001]);
    expect(await ports({ port: 3000, localPort: 3000 })).toEqual([5000, 3000]);
    expect(await ports({ port: 5000, localPort: 5000 })).toEqual([5000]);
  });

  it('serves the ports of nodes that are asked for', async () => {
    expect(await portsOf(renderRegistry, view, 'registry-nodeport')).toMatchObject([{ nodePort: 30_500 }]);
    const named = withRegistry({ nodePort: 30_080, namedNodePort: 30_081 });
    expect(await portsOf(renderRegistry, named, 'registry-nodeport')).toMatchObject([
      { nodePort: 30_080 },
      { nodePort: 30_081 },
    ]);
  });

  it('is one Service where that leads to the nodes’ ports itself (S1-03, S1-25)', async () => {
    const changes = { serviceType: 'NodePort', serviceName: 'gitea-http', nodePort: 30_080 } as const;
    const objects = await renderRegistry(withRegistry({ ...changes, port: 3000, localPort: 3000 }));
    expect(namesOf(objects).filter((name) => name.startsWith('Service '))).toEqual(['Service devreg gitea-http']);
    expect(find(objects, 'Service devreg gitea-http')['spec']).toMatchObject({
      type: 'NodePort',
      clusterIP: '10.96.0.50',
      ports: [{ port: 5000 }, { port: 3000, nodePort: 30_080 }],
    });
    const drop = await portsOf(renderRegistry, withRegistry({ ...changes, localPort: 5000 }), 'gitea-http');
    expect(drop).toMatchObject([{ port: 5000, nodePort: 30_080 }, { port: 8443 }]);
  });

  it('has the names that it is told, in all that refers to them', async () => {
    const moved = { ...withRegistry({ serviceName: 'images', appName: 'gitea' }), namespace: 'elsewhere' };
    const objects = await renderRegistry(moved);
    const isHome = (name: string) => / (kube-public|elsewhere) /.test(name);
    expect(namesOf(objects).filter((name) => !isHome(name))).toEqual([
      'Namespace elsewhere',
      'PersistentVolume devreg-registry-data',
    ]);
    expect(find(objects, 'PersistentVolume devreg-registry-data')['spec']).toMatchObject({
      claimRef: { namespace: 'elsewhere' },
    });
    const selected = { 'app.kubernetes.io/name': 'gitea', 'app.kubernetes.io/part-of': 'devreg' };
    const deployment = find(objects, 'Deployment elsewhere registry')['spec'];
    expect(deployment).toMatchObject({
      selector: { matchLabels: selected },
      template: { metadata: { labels: selected } },
    });
    for (const name of ['images', 'images-nodeport'])
      expect(find(objects, `Service elsewhere ${name}`)['spec']).toMatchObject({ selector: selected });
    const text = JSON.stringify(objects);
    expect(text).toContain('hostFromClusterNetwork: \\\"images.elsewhere.svc.cluster.local:5000\\\"');
    expect(JSON.stringify(find(objects, 'Ingress elsewhere registry'))).toContain('"service":{"name":"images"');
    const ingress = namesOf(await renderIngress(moved));
    expect(ingress.filter((name) => name.includes(' devreg '))).toEqual([]);
    expect(JSON.stringify(await renderIngress(moved))).not.toContain('"namespace":"devreg"');
  });

  it('answers at the ingress to what a proxy calls it, and to its own names', async () => {
    const objects = await renderRegistry(withRegistry({ ingressHost: 'proxied.localtest.me' }));
    const rules = ['proxied.localtest.me', 'registry.localtest.me', 'cnoe.localtest.me'].map((host) => ({ host }));
    expect(find(objects, 'Ingress devreg registry')['spec']).toMatchObject({ rules });
  });

  it('makes the storage class that others have, and no other', async () => {
    const classes = async (className: string) => {
      const objects = await renderRegistry(withRegistry({ storage: { kind: 'class', className, size: '1Gi' } }));
      return objects.filter(({ kind }) => kind === 'StorageClass');
    };
    expect(await classes('standard')).toEqual([]);
    expect(await classes('local-path')).toMatchObject([
      {
        metadata: { name: 'local-path' },
        provisioner: 'rancher.io/local-path',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ]);
  });

  it('keeps images where it is told', async () => {
    const folder = namesOf(await renderRegistry(view)).filter((name) => name.startsWith('Persistent'));
    expect(folder).toEqual(['PersistentVolume devreg-registry-data', 'PersistentVolumeClaim devreg registry-data']);
    const objects = await renderRegistry(
      withRegistry({ storage: { kind: 'class', className: 'local-path', size: '20Gi' } }),
    );
    expect(namesOf(objects).filter((name) => name.startsWith('PersistentVolume '))).toEqual([]);
    expect(find(objects, 'PersistentVolumeClaim devreg registry-data')['spec']).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'local-path',
      resources: { requests: { storage: '20Gi' } },
    });
  });

  it('starts the registry again when its credentials change, and for nothing else', async () => {
    const checksum = async (changes: Partial<ClusterView['registry']>) =>
      podOf(await renderRegistry(withRegistry(changes)), 'registry').metadata.annotations['checksum/credentials'];
    const before = await checksum({});
    expect(await checksum({ host: 'other.localtest.me', nodePort: 30_600 })).toBe(before);
    for (const changes of [{ user: 'x' }, { password: 'x' }, { token: 'x' }]) {
      expect(await checksum(changes)).not.toBe(before);
    }
  });

  it('keeps secrets out of everything but Secrets', async () => {
    const rest = (await renderRegistry(view)).filter(({ kind }) => kind !== 'Secret');
    const text = JSON.stringify(rest);
    for (const secret of ['pass\\"word', 'devreg_token', 'key\\n']) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(JSON.parse(`"${secret}"`) as string).toString('base64'));
    }
  });

  it('leaves out what the registry has a default for', async () => {
    const { container } = podOf(await renderRegistry(withRegistry({ routes: [], trustedProxies: [] })), 'registry');
    const names = container.env?.map(({ name }) => name);
    expect(names).not.toContain('DEVREG_ROUTE');
    expect(names).not.toContain('DEVREG_TRUSTED_PROXY');
  });

  it('lets the node pull an image only when it may', async () => {
    const policy = async (shown: ClusterView) =>
      podOf(await renderRegistry(shown), 'registry').container.imagePullPolicy;
    expect(await policy(view)).toBe('Never');
    expect(await policy(withRegistry({ mayPull: true }))).toBe('IfNotPresent');
  });
});

describe('renderIngress', () => {
  it('renders this', async () => {
    await expect(formatYaml(await renderIngress(view))).toMatchFileSnapshot('ingress.yaml.snap');
  });

  it('renders nothing when there is none', async () => {
    expect(await renderIngress({ ...view, ingress: undefined })).toEqual([]);
  });

  it('listens without TLS in plain HTTP', async () => {
    const objects = await renderIngress(plain);
    expect(podOf(objects, 'traefik').container.args?.filter((arg) => arg.includes('websecure'))).toEqual([]);
    expect(await portsOf(renderIngress, plain, 'traefik')).toMatchObject([
      { port: 8443, targetPort: 'web' },
      { port: 80, targetPort: 'web' },
    ]);
  });

  it('hangs up on TLS in plain HTTP, and needs no certificate for it', async () => {
    const text = formatYaml(await renderIngress(plain));
    expect(text).toMatch(/rule: HostSNI\(`\*`\)\n +tls:\n +passthrough: true\n +service: nobody/);
    expect(text).not.toContain('registry-tls');
    expect(formatYaml(await renderIngress(view))).not.toContain('HostSNI');
  });

  it('has the ports of outside in the cluster, each once', async () => {
    const ports = (port: number) => portsOf(renderIngress, withRegistry({ port }), 'traefik');
    expect(await ports(8443)).toMatchObject([
      { port: 8443, targetPort: 'websecure' },
      { port: 80, targetPort: 'web' },
      { port: 443, targetPort: 'websecure' },
    ]);
    expect(await ports(443)).toMatchObject([
      { port: 443, targetPort: 'websecure' },
      { port: 80, targetPort: 'web' },
    ]);
  });

  it('asks for the Gateway API only where it is', async () => {
    const { ingress } = view;
    if (ingress === undefined) throw new Error('There is no ingress.');
    const isAsked = async (shown: ClusterView) => JSON.stringify(await renderIngress(shown)).includes('ateway');
    expect(await isAsked(view)).toBe(false);
    expect(await isAsked({ ...view, ingress: { ...ingress, gatewayApi: true } })).toBe(true);
    const insecure = await renderIngress({ ...plain, ingress: { ...ingress, gatewayApi: true } });
    const { listeners } = find(insecure, 'Gateway devreg traefik')['spec'] as { listeners: readonly object[] };
    expect(listeners).toMatchObject([{ name: 'web' }]);
  });
});

describe('labels', () => {
  it('are on every object and on every pod', async () => {
    const objects = [...(await renderRegistry(view)), ...(await renderIngress(view))];
    const labels = (name: string, component: string, version: string) => ({
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/instance': 'dev',
      'app.kubernetes.io/component': component,
      'app.kubernetes.io/part-of': 'devreg',
      'app.kubernetes.io/managed-by': 'devreg',
      'app.kubernetes.io/version': version,
    });
    const [registry, ingress] = [labels('registry', 'registry', '1.2.3'), labels('traefik', 'ingress', 'v3.6.12')];
    for (const object of objects) {
      const isIngress = object.metadata.name.includes('traefik');
      expect(object.metadata.labels).toMatchObject(isIngress ? ingress : registry);
    }
    expect(podOf(objects, 'registry').metadata.labels).toEqual(registry);
    expect(podOf(objects, 'traefik').metadata.labels).toEqual(ingress);
  });

  it('have values that labels can have', async () => {
    const odd = { ...view, version: '1.0.0+build 7', cluster: `${'x'.repeat(62)}--y` };
    const [namespace] = await renderRegistry(odd);
    for (const value of Object.values(namespace?.metadata.labels ?? {})) {
      expect(value).toMatch(/^[a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?$/);
    }
  });
});
