/** What doctor finds: each trouble is made for real, named, mended by the command that is printed, and gone then. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueLeaf } from '../../src/certs/leaf.ts';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { kubectl } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'problem' | 'skipped';
  readonly code?: string;
  readonly message: string;
  readonly fix?: string;
}

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let cluster: MadeCluster;
let node: string;

beforeAll(async () => {
  user = undo.use(await openClusterUser());
  cluster = await createCluster(user, { flags: '--login' });
  node = `${cluster.name}-control-plane`;
});

afterAll(() => undo.disposeAsync());

const kube = (line: string, input?: string) => kubectl(user, cluster, line, input);

/** Runs doctor with what is said before it. It may end with 8. */
async function examine(flags = '--quick', before = ''): Promise<Finding[]> {
  const line = `devreg doctor --name ${cluster.name} -o json ${flags}`;
  const { stdout } = await user.sh(`${before}\n${line} || [ $? -eq 8 ]`);
  return JSON.parse(stdout) as Finding[];
}

function pick(findings: readonly Finding[], code: string): Finding {
  const found = findings.find((finding) => finding.code === code);
  if (found === undefined) throw new Error(`There is no ${code} in ${JSON.stringify(findings, undefined, 2)}`);
  return found;
}

const codesOf = (findings: readonly Finding[]) => findings.flatMap(({ code }) => (code === undefined ? [] : [code]));

/** Troubles are named, mended by the command, and gone then, without any that were not there before. */
async function expectMended(code: string, flags?: string): Promise<Finding> {
  const found = pick(await examine(flags), code);
  expect(found.fix).toBeDefined();
  await user.sh(found.fix ?? '');
  const left = await examine(flags);
  expect(left.filter(({ state }) => state === 'problem')).toEqual([]);
  expect(codesOf(left)).not.toContain(code);
  return found;
}

/** Whatever is left of images of the self-test: on the node, as pods, and as tags of the registry. */
async function findLeftovers(): Promise<string> {
  const images = await user.sh(`docker exec ${node} ctr --namespace k8s.io images ls --quiet`);
  const pods = await kube('get pods -A -o name');
  const left = [images.stdout, pods].join('\n').match(/^.*devreg-doctor.*$/gm) ?? [];
  const { stdout } = await user.sh(`curl -s http://${cluster.local}/v2/devreg-doctor/self-test/tags/list`);
  return [...left, ...((JSON.parse(stdout) as { tags: string[] | null }).tags ?? [])].join('\n');
}

describe('a cluster in good health', () => {
  it('S1-24: passes, with an image that goes all the way and leaves nothing behind', async () => {
    const { stdout } = await user.sh(`devreg doctor --name ${cluster.name} -o json`);
    const findings = JSON.parse(stdout) as Finding[];
    expect(findings.filter(({ state }) => state === 'problem')).toEqual([]);
    expect(findings.find(({ check }) => check === 'self-test')).toMatchObject({ state: 'ok' });
    expect(await findLeftovers()).toBe('');
  });

  it('is told in words, too', async () => {
    const { stdout } = await user.sh(`devreg doctor --name ${cluster.name} --quick`);
    expect(stdout).toMatch(/^✓ ok {7}engine: Docker .* answers/m);
    expect(stdout).toMatch(/^✓ ok {7}node-trust: /m);
    expect(stdout).toMatch(/^- skipped {2}self-test: /m);
  });
});

describe('trouble in the cluster', () => {
  it('S1-24: a node that was not told of the registry', async () => {
    await user.sh(`docker exec ${node} rm /etc/containerd/certs.d/${cluster.named}/hosts.toml`);
    const found = await expectMended('NODE_TRUST_MISSING');
    expect(found.message).toContain(`no hosts.toml for ${cluster.named}`);
  });

  it('a node without the authority, which keeps it from pulling', async () => {
    await user.sh(`docker exec ${node} rm /etc/containerd/devreg-ca.crt`);
    const findings = await examine('');
    expect(pick(findings, 'NODE_TRUST_MISSING').message).toContain('no certificate');
    expect(pick(findings, 'SELF_TEST_NODE_PULL').message).toContain(node);
    expect(await findLeftovers()).toBe('');
    await expectMended('SELF_TEST_NODE_PULL', ' ');
  });

  it('S0-15: a CoreDNS that lost the names', async () => {
    const config = JSON.parse(await kube('-n kube-system get configmap coredns -o json')) as {
      data: { Corefile: string };
    };
    const Corefile = config.data.Corefile.split('\n')
      .filter((line) => !/devreg|rewrite/.test(line))
      .join('\n');
    await kube('replace -f -', JSON.stringify({ ...config, data: { Corefile } }));
    await expectMended('DNS_NAMES_MISSING');
  });

  it('S1-26: a registry that was scaled to nothing', async () => {
    await kube('-n devreg scale deployment registry --replicas 0');
    await kube('-n devreg wait --for=delete pod -l app.kubernetes.io/name=registry --timeout 60s');
    const findings = await examine();
    expect(codesOf(findings)).toContain('DOOR_CLOSED');
    const found = await expectMended('WORKLOAD_DOWN');
    expect(found.message).toContain('registry');
  });

  it('objects that are gone, or were changed', async () => {
    await kube('-n kube-public delete configmap local-registry-hosting');
    expect((await expectMended('OBJECT_MISSING')).message).toContain('ConfigMap kube-public/local-registry-hosting');
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/ports/0/nodePort', value: 30_999 }]);
    await kube(`-n devreg patch service registry-nodeport --type json -p '${patch}'`);
    expect((await expectMended('OBJECT_CHANGED')).message).toContain('spec.ports.0.nodePort');
  });

  it('an ingress that was scaled to nothing, while the registry itself answers', async () => {
    await kube('-n devreg scale deployment traefik --replicas 0');
    await kube('-n devreg wait --for=delete pod -l app.kubernetes.io/name=traefik --timeout 60s');
    const findings = await examine();
    expect(pick(findings, 'DOOR_CLOSED').message).toContain(cluster.named);
    expect((await expectMended('WORKLOAD_DOWN')).message).toContain('traefik');
  });

  it('a certificate that is over', async () => {
    await expire();
    await expectMended('CERTIFICATE_EXPIRED');
  });
});

describe('trouble on this machine', () => {
  it('files of clients, and the authority itself, that are gone', async () => {
    await user.sh(`rm '${user.home}/.config/containers/certs.d/${cluster.local}/ca.crt'`);
    await expectMended('TRUST_FILE_MISSING');
    await user.sh(`rm '${user.home}/.local/share/devreg/ca/ca.crt'`);
    await expectMended('AUTHORITY_LOST');
  });

  it('a password that the registry does not know, or nobody', async () => {
    const folder = join(user.home, `.local/state/devreg/registries/${cluster.name}`);
    await writeFile(join(folder, 'password'), 'not-what-the-registry-was-told\n');
    await expectMended('PASSWORD_REFUSED');
    await user.sh(`rm '${folder}/password'`);
    await expectMended('CREDENTIALS_LOST');
  });

  it('S0-23: a login that is stale, without asking for it', async () => {
    const file = join(user.home, '.docker/config.json');
    const auth = Buffer.from('giteaAdmin:of-yesterday').toString('base64');
    await writeFile(file, JSON.stringify({ auths: { [cluster.local]: { auth } } }));
    const found = await expectMended('LOGIN_STALE');
    expect(found.state).toBe('warning');
    expect(found.message).toContain(cluster.local);
  });

  it('a name that leads nowhere', async () => {
    const found = await expectMended('HOST_NAME_UNKNOWN');
    expect(await readFile('/etc/hosts', 'utf8')).toContain(`# devreg ${cluster.name}`);
    expect(found.message).toContain(cluster.named.replace(/:\d+$/, ''));
  });

  it('S3-10: a registries.conf of old, which it shows in the new form', async () => {
    const file = await user.write(
      '../home/.config/containers/registries.conf',
      "[registries.search]\nregistries = ['docker.io', 'server01:5000']\n\n[registries.insecure]\nregistries = ['server01:5000']\n",
    );
    await expectMended('REGISTRIES_CONF_V1');
    expect(await readFile(file, 'utf8')).toBe(
      'unqualified-search-registries = ["docker.io","server01:5000"]\n\n[[registry]]\nlocation = "server01:5000"\ninsecure = true\n',
    );
  });

  it('a proxy that would get what is for the registry, without telling its password', async () => {
    const before = 'export HTTPS_PROXY=http://somebody:secret@proxy.example:3128 NO_PROXY=.internal';
    const findings = await examine('--quick', before);
    const found = pick(findings, 'PROXY_CATCHES');
    expect(JSON.stringify(findings)).not.toContain('secret');
    expect(codesOf(await examine('--quick', `${before}\n${found.fix}`))).not.toContain('PROXY_CATCHES');
  });

  it('S0-20 S1-26: a cluster that was stopped, and a port that somebody took', async () => {
    await user.sh(`docker stop ${node}`);
    const listener = user.start(`python3 -m http.server --bind 127.0.0.1 ${cluster.localPort}`);
    undo.defer(() => listener.kill());
    await user.sh(`until curl -s http://${cluster.local} > /dev/null; do sleep 0.1; done`);
    const findings = await examine();
    expect(codesOf(findings)).toContain('CLUSTER_STOPPED');
    const taken = pick(findings, 'PORT_IN_USE');
    expect(taken.message).toContain('python3 -m http.server');
    await user.sh(taken.fix ?? '');
    await listener.finished;
    expect(codesOf(await examine())).not.toContain('PORT_IN_USE');
    await expectMended('CLUSTER_STOPPED');
  });
});

it('mends several troubles by itself, and says that all is well', async () => {
  await user.sh(`docker exec ${node} rm -r /etc/containerd/certs.d/${cluster.local}`);
  await user.sh(`rm '${user.home}/.config/containers/certs.d/${cluster.named}/ca.crt'`);
  await kube('-n kube-public delete configmap local-registry-hosting');
  await user.sh(`docker logout ${cluster.local}`);
  const auth = Buffer.from('giteaAdmin:of-yesterday').toString('base64');
  await writeFile(join(user.home, '.docker/config.json'), JSON.stringify({ auths: { [cluster.local]: { auth } } }));
  await user.fails(8, `devreg doctor --name ${cluster.name} --quick`);
  const { stdout } = await user.sh(`devreg doctor --name ${cluster.name} --fix -o json`);
  const left = JSON.parse(stdout) as Finding[];
  expect(left.filter(({ state }) => state === 'problem')).toEqual([]);
  expect(codesOf(left)).not.toContain('LOGIN_STALE');
  expect(left.find(({ check }) => check === 'self-test')).toMatchObject({ state: 'ok' });
  expect(await findLeftovers()).toBe('');
});

it('refuses an image that is no node before anything is made', async () => {
  const name = user.newName();
  const started = performance.now();
  const { stderr } = await user.fails(
    6,
    `devreg create --name ${name} --port 0 --registry-port 0 --node-image registry.k8s.io/pause:3.10.1`,
  );
  expect(stderr).toContain('NODE_IMAGE_UNFIT');
  expect(stderr).not.toContain('Creating the cluster');
  process.stderr.write(`refused after ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  const { stdout } = await user.sh(`docker ps -aq --filter label=io.x-k8s.kind.cluster=${name}`);
  expect(stdout).toBe('');
});

/** Gives the registry a certificate of three years ago, here and in the cluster, and has it read. */
async function expire(): Promise<void> {
  const data = join(user.home, '.local/share/devreg');
  const read = async (file: string) => readFile(join(data, file), 'utf8');
  const authority = {
    certificate: new X509Certificate(await read('ca/ca.crt')),
    key: createPrivateKey(await read('ca/ca.key')),
  };
  const folder = `registries/${cluster.name}/tls`;
  const names = [cluster.named.replace(/:\d+$/, ''), 'localhost', '127.0.0.1'];
  const now = new Date(Date.now() - 3 * 365 * 24 * 60 * 60 * 1000);
  const key = createPrivateKey(await read(`${folder}/tls.key`));
  const { certificate } = await issueLeaf(authority, { names, now, key });
  const pem = certificate.toString();
  await writeFile(join(data, folder, 'tls.crt'), pem);
  const patch = JSON.stringify({ data: { 'tls.crt': Buffer.from(pem).toString('base64') } });
  await kube(`-n devreg patch secret registry-tls -p '${patch}'`);
  await kube('-n devreg rollout restart deployment registry');
  await kube('-n devreg rollout status deployment registry --timeout 120s');
}
