/** A user's first cluster, from nothing to nothing: made, pushed to, pulled from by nodes and pods, asked about, deleted. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { buildCrane, buildImage, pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod, runSteps } from '../support/cluster-pods.ts';
import { pullsByNodes } from '../support/cluster-requests.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const OWNER = 'giteaadmin';
const SERVICE = 'registry.devreg.svc.cluster.local:5000';
const HOSTS = '/etc/hosts';

/** A second name of the registry, which nothing on this machine knows yet. */
const ALIAS = `${randomBytes(4).toString('hex')}.localtest.me`;

/** Another user's cluster, as far as the engine tells: devreg is to leave it alone and not to speak of it. */
const FOREIGN = `foreign-${randomBytes(3).toString('hex')}`;
const FOREIGN_KUBECONFIG =
  'apiVersion: v1\nkind: Config\nclusters: [{name: other, cluster: {server: "https://192.0.2.1"}}]\n';

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let cluster: MadeCluster;
let hostsBefore: Buffer;
let digest: string;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['crane', 'curl', 'podman']));
  hostsBefore = await readFile(HOSTS);
  await user.write('../home/.kube/config', FOREIGN_KUBECONFIG);
  const labels = `--label io.x-k8s.kind.cluster=${FOREIGN} --label io.x-k8s.kind.role=control-plane`;
  const container = `docker create --name ${FOREIGN}-control-plane ${labels} registry.k8s.io/pause:3.10.1`;
  undo.defer(async () => void (await user.sh(`docker rm -f ${FOREIGN}-control-plane`)));
  await user.sh(container);
  cluster = await createCluster(user, { flags: `--hosts-file --login --san ${ALIAS}` });
});

afterAll(() => undo.disposeAsync());

const kube = (line: string, input?: string) => kubectl(user, cluster, line, input);

/** Every pod by its identity, and how often each of its containers has started. */
async function podsThere(): Promise<string> {
  const path =
    '{range .items[*]}{.metadata.namespace}/{.metadata.name} {.metadata.uid} {.status.containerStatuses[*].restartCount}{"\\n"}{end}';
  return kube(`get pods -A -o jsonpath='${path}'`);
}

/** A secret with the login of a client in a pod, in namespace devreg. */
async function logPodsIn(): Promise<void> {
  const { stdout } = await user.sh('devreg get secrets -o password');
  const auth = Buffer.from(`giteaAdmin:${stdout}`).toString('base64');
  const auths = { [SERVICE]: { auth }, [cluster.named]: { auth } };
  const file = await user.write('config.json', JSON.stringify({ auths }));
  await kube(`-n devreg create secret generic login --from-file=${file}`);
}

describe('the names', () => {
  it('C-01 S0-03 S0-04: takes a push by each of them, logged in as create left it', async () => {
    const names = [cluster.named, cluster.local, `${ALIAS}:${cluster.port}`];
    const [first = '', ...others] = names.map((name, index) => `${name}/${OWNER}/app-${index}:1`);
    digest = await pushImage(user, first);
    // Only two of the names were logged in to.
    await user.sh(
      `devreg get secrets -o password | docker login -u giteaAdmin --password-stdin ${ALIAS}:${cluster.port}`,
    );
    for (const name of others) await pushImage(user, name);
  });

  it('S0-15: lets pods push and pull by both names in the cluster as soon as it is created', async () => {
    await pushImage(user, `${cluster.local}/${OWNER}/crane:1`, buildCrane);
    await logPodsIn();
    const inCluster = [`${cluster.named}/${OWNER}`, `${SERVICE}/${OWNER}`];
    const copy = (from = '', to = '') => ['copy', `${from}/app-0:1`, `${to}/from-pod:1`];
    const said = await runSteps(user, cluster, 'client', {
      namespace: 'devreg',
      image: `${cluster.local}/${OWNER}/crane:1`,
      files: { '/ca': { configMap: 'devreg-ca' }, '/login': { secret: 'login' } },
      env: { SSL_CERT_FILE: '/ca/ca.crt', DOCKER_CONFIG: '/login' },
      steps: [
        copy(...inCluster),
        copy(...inCluster.toReversed()),
        ...inCluster.map((name, index) => ['pull', `${name}/from-pod:1`, `/scratch/${index}.tar`]),
        ['digest', `${inCluster[1]}/from-pod:1`],
      ],
    });
    expect(said.trim()).toBe(digest);
  });

  it('S0-12: takes no push and no deletion from somebody who is not logged in', async () => {
    const image = `${cluster.named}/${OWNER}/anonymous:1`;
    await buildImage(user, image);
    const { output } = await user.fails(1, `docker --config nobody push ${image}`);
    expect(output).toContain('unauthorized: authentication required');
    const url = `https://${cluster.named}/v2/${OWNER}/app-0`;
    const status = `curl -s -o /dev/null -w '%{http_code}' --cacert ${cluster.ca}`;
    expect((await user.sh(`${status} -X POST ${url}/blobs/uploads/`)).stdout).toBe('401');
    expect((await user.sh(`${status} -X DELETE ${url}/manifests/1`)).stdout).toBe('401');
  });

  it('S0-11 S0-13 S0-26: run as pods by each of them without a pull secret, asked for by the node', async () => {
    const images = [cluster.named, cluster.local, `${ALIAS}:${cluster.port}`].map(
      (name, index) => `${name}/${OWNER}/app-${index}:1`,
    );
    await Promise.all(images.map((image, index) => runPod(user, cluster, `app-${index}`, { image })));
    await runPod(user, cluster, 'by-service', { image: `${SERVICE}/${OWNER}/app-1:1` });
    for (const index of images.keys())
      expect(await pullsByNodes(user, cluster, `${OWNER}/app-${index}`)).not.toEqual([]);
    await user.sh(`docker logout ${cluster.named}; docker rmi ${images[0]}; docker pull ${images[0]}`);
  });

  it('are in the hosts file where they did not resolve', async () => {
    expect(await readFile(HOSTS, 'utf8')).toContain(`127.0.0.1 ${ALIAS} # devreg ${cluster.name}\n`);
  });
});

describe('the credentials', () => {
  it.each([
    ['S0-06', `-p registry -o json | jq '.[0].data.password' -r`],
    ['S0-06', `-p gitea -o json | jq '.[0].data.password' -r`],
    ['S0-07', `-p a,registry -p b -o json | jq -r '.[0].password'`],
    ['S0-07', `-o json | jq -r '.[0].token'`],
    ['C-03', '-p registry -o password'],
  ])('%s: get secrets %s is a password', async (_, line) => {
    for (const name of ['giteaAdmin', 'giteaadmin']) {
      const login = `devreg get secrets ${line} | docker --config fresh login -u ${name} --password-stdin ${cluster.named}`;
      expect((await user.sh(login)).stdout).toContain('Login Succeeded');
    }
  });

  it('S0-05: are a table, too', async () => {
    const { stdout } = await user.sh('devreg get secrets -p registry');
    expect(stdout).toMatch(
      /^NAME +NAMESPACE +USERNAME +PASSWORD +TOKEN +DATA\nregistry-credential +devreg +giteaAdmin +\S/,
    );
  });

  it('C-01: have logged in docker and podman', async () => {
    expect(cluster.said).not.toMatch(/could not/);
    const docker = JSON.parse(await readFile(join(user.home, '.docker/config.json'), 'utf8')) as { auths: object };
    expect(Object.keys(docker.auths)).toContain(cluster.local);
    expect((await user.sh(`podman login --get-login ${cluster.named}`)).stdout).toBe('giteaAdmin');
  });
});

describe('what others find', () => {
  it('is the registry, where tools look for it (KEP-1755)', async () => {
    const path = "jsonpath='{.data.localRegistryHosting\\.v1}'";
    const text = await kube(`-n kube-public get configmap local-registry-hosting -o ${path}`);
    const { host, hostFromContainerRuntime, hostFromClusterNetwork, help, ...others } = parse(text);
    expect([host, hostFromContainerRuntime, hostFromClusterNetwork]).toEqual([cluster.local, cluster.local, SERVICE]);
    expect([help, others]).toEqual([expect.stringMatching(/^https:\/\//), {}]);
  });

  it('is the cluster and its nodes, and nothing of anybody else', async () => {
    expect((await user.sh('kind get clusters')).stdout.split('\n')).toContain(FOREIGN);
    const clusters = await user.json('devreg get clusters -o json');
    expect(clusters).toMatchObject([{ name: cluster.name, state: 'running', names: [cluster.named, cluster.local] }]);
    const { stdout } = await user.sh('devreg get nodes; devreg status -o wide');
    expect(stdout).toMatch(new RegExp(`^${cluster.name}-control-plane +`, 'm'));
    expect(stdout).not.toContain(FOREIGN);
    expect(await user.json('devreg status -o json')).toMatchObject([{ name: cluster.name, state: 'running' }]);
  });

  it('is what registry and ingress say', async () => {
    const lines = (await user.sh('devreg logs --tail 3')).stdout.split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('event');
    expect((await user.sh('devreg logs ingress')).stdout).toBe(await kube('-n devreg logs deployment/traefik'));
  });
});

it('C-01: runs already when it is created again, and nothing in it changes', async () => {
  const before = await podsThere();
  const { stdout } = await user.sh('devreg create --hosts-file --login');
  expect(stdout).toContain(`The cluster ${cluster.name} runs already.`);
  expect(await podsThere()).toBe(before);
  expect((await readFile(HOSTS, 'utf8')).split(ALIAS)).toHaveLength(2);
});

it('C-02: is shown as manifests that Kubernetes takes', async () => {
  const { stdout } = await user.sh('devreg create --dry-run -o yaml');
  const [kind = '', ...objects] = stdout.split(/^---$/m);
  expect(kind).toMatch(/^kind: Cluster$/m);
  const dry = await kube('apply --server-side --force-conflicts --dry-run=server -f -', objects.join('---\n'));
  expect(dry.split('\n').length).toBeGreaterThan(10);
  expect(dry).toContain('deployment.apps/registry serverside-applied (server dry run)');
});

it('has room for an app of the user, with a name and a certificate', async () => {
  const host = `${randomBytes(4).toString('hex')}.localtest.me`;
  await runApp(host);
  const address = `${host}:${cluster.port}`;
  const request = `curl -sS --fail --retry 20 --retry-delay 1 --retry-all-errors --cacert ${cluster.ca} --resolve ${address}:127.0.0.1`;
  const { stdout } = await user.sh(`${request} https://${address}/v2/_catalog`);
  expect(JSON.parse(stdout)).toEqual({ repositories: null });
});

/** An empty registry of crane's: an app that speaks HTTP, made from an image of the user's. */
async function runApp(host: string): Promise<void> {
  const metadata = { name: 'web' };
  const container = {
    name: 'web',
    image: `${cluster.named}/${OWNER}/crane:1`,
    args: ['registry', 'serve', '--address', ':8080'],
  };
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const objects = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: { app: 'web' } }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata,
      spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
    },
  ];
  await kube('apply -f -', objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  await kube('wait deployment/web --for=condition=Available --timeout=60s');
}

it('S1-16: has its images still when its pod is deleted', async () => {
  await kube('-n devreg delete pod -l app.kubernetes.io/name=registry');
  await kube('-n devreg rollout status deployment/registry --timeout=60s');
  await runPod(user, cluster, 'afterwards', { image: `${cluster.named}/${OWNER}/from-pod:1` });
  expect(await pullsByNodes(user, cluster, `${OWNER}/from-pod`)).not.toEqual([]);
  await pushImage(user, `${cluster.local}/${OWNER}/afterwards:1`);
});

describe('deleted', () => {
  beforeAll(async () => void (await user.sh('devreg delete')));

  it('leaves no container, network of its own or volume', async () => {
    const mine = `--filter label=io.x-k8s.kind.cluster=${cluster.name}`;
    expect((await user.sh(`docker ps -aq ${mine}; docker volume ls -q ${mine}`)).stdout).toBe('');
    expect(await user.json('devreg get clusters -o json')).toEqual([]);
  });

  it('leaves the kubeconfig with what others have in it', async () => {
    const { stdout } = await user.sh(
      'kubectl config get-clusters; kubectl config get-contexts -o name; kubectl config get-users',
    );
    expect(stdout).toBe('NAME\nother\nNAME');
  });

  it('leaves the hosts file as it was, to the byte', async () => {
    expect(await readFile(HOSTS)).toEqual(hostsBefore);
  });

  it('leaves nobody trusting', async () => {
    const trusted = join(user.home, '.config/containers/certs.d');
    expect(await readdir(trusted).catch(() => [])).toEqual([]);
  });

  it('leaves the cluster of somebody else', async () => {
    expect((await user.sh('kind get clusters')).stdout.split('\n')).toContain(FOREIGN);
  });
});
