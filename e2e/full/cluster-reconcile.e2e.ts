/** A cluster that somebody has been at: what `create` would mend is told without touching anything, and then mended. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeCertificate } from '../../src/certs/certificate-facts.ts';
import { issueLeaf } from '../../src/certs/leaf.ts';
import { pairFilesIn, readPair, replaceCertificate } from '../../src/certs/pair-files.ts';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { pullsByNodes } from '../support/cluster-requests.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

/** A line of the plan. */
interface Part {
  readonly part: string;
  readonly state: string;
  readonly detail: string;
}

const ALIAS = `${randomBytes(4).toString('hex')}.localtest.me`;
const undo = new AsyncDisposableStack();
let user: ClusterUser;
let cluster: MadeCluster;
let node: string;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['curl']));
  cluster = await createCluster(user, { flags: '--hosts-file --login' });
  node = `${cluster.name}-control-plane`;
});

afterAll(() => undo.disposeAsync());

const kube = (line: string, input?: string) => kubectl(user, cluster, line, input);
const onNode = (line: string) => user.sh(`docker exec ${node} sh -c '${line}'`);

async function planned(flags = ''): Promise<Part[]> {
  return (await user.json(`devreg create --dry-run -o json ${flags}`)) as Part[];
}

/** What is not as it should be. */
async function differing(flags?: string): Promise<Part[]> {
  return (await planned(flags)).filter(({ state }) => state !== 'same');
}

/** Every object that is devreg's or that devreg changes, as of now, and the files on the node. */
async function everything(): Promise<string> {
  const kinds = 'namespace,secret,configmap,service,deployment,ingress,pvc,pv,clusterrole,clusterrolebinding';
  const path = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.metadata.resourceVersion}{"\\n"}{end}';
  const labelled = await kube(`get ${kinds} -A -l app.kubernetes.io/part-of=devreg -o jsonpath='${path}'`);
  const dns = await kube(`-n kube-system get configmap coredns -o jsonpath='{.metadata.resourceVersion}'`);
  const files = await onNode('find /etc/containerd -name hosts.toml -o -name devreg-ca.crt | sort | xargs md5sum');
  return `${labelled.replaceAll(/^Deployment\S* .*$|^PersistentVolume\S* .*$/gm, '')}\n${dns}\n${files.stdout}`;
}

/** A push and a pod that is given it by the registry. */
async function expectWorking(repository: string): Promise<void> {
  const image = `${cluster.local}/${repository}:1`;
  await pushImage(user, image);
  await runPod(user, cluster, repository.replaceAll('/', '-'), { image });
  expect(await pullsByNodes(user, cluster, repository)).not.toEqual([]);
}

describe('the plan', () => {
  it('is that all stays the same, and looking changes nothing', async () => {
    const before = await everything();
    const parts = await planned();
    expect(parts.filter(({ state }) => state !== 'same')).toEqual([]);
    expect(parts.map(({ part }) => part)).toEqual(
      expect.arrayContaining([
        'nodes',
        'certificate',
        `trust of ${node}`,
        'names in CoreDNS',
        'Deployment devreg/registry',
      ]),
    );
    const { stdout } = await user.sh('devreg create --dry-run');
    expect(stdout).toMatch(/^PART +STATE +DETAIL\nnodes +same\n/);
    expect(await everything()).toBe(before);
  });

  it('says what only a new cluster can have, and create refuses just that, with nothing touched', async () => {
    const before = await everything();
    const flags = `--workers 2 --port ${cluster.port + 1}`;
    const parts = await differing(flags);
    expect(parts).toEqual([
      { part: 'option --port', state: 'needs recreate', detail: `${cluster.port} → ${cluster.port + 1}` },
      { part: 'option --workers', state: 'needs recreate', detail: '0 → 2' },
    ]);
    const { stderr } = await user.fails(5, `devreg create ${flags} --user nobody`);
    expect(stderr).toContain(`--port ${cluster.port} → ${cluster.port + 1}; --workers 0 → 2.`);
    expect(await everything()).toBe(before);
    expect(await differing()).toEqual([]);
  });
});

describe('what somebody took away or changed', () => {
  it('in the cluster and on its node is told, part by part, and mended', async () => {
    await kube('-n devreg delete ingress/registry secret/registry-tls service/registry-nodeport');
    await kube('-n kube-public delete configmap/local-registry-hosting');
    await kube('-n devreg scale deployment/registry --replicas=0');
    await kube(`-n devreg patch secret registry-credential -p '{"stringData":{"password":"guess"}}'`);
    const corefile = await kube(`-n kube-system get configmap coredns -o jsonpath='{.data.Corefile}'`);
    const data = { Corefile: corefile.replace(/^ *# devreg: begin[^]*# devreg: end\n/m, '') };
    const patch = await user.write('coredns.json', JSON.stringify({ data }));
    await kube(`-n kube-system patch configmap coredns --patch-file ${patch}`);
    await onNode(
      `rm -r /etc/containerd/certs.d/localhost:${cluster.localPort}; echo x > /etc/containerd/devreg-ca.crt`,
    );
    const before = await everything();

    const parts = await differing();
    expect(Object.fromEntries(parts.map(({ part, detail }) => [part, detail]))).toEqual({
      [`trust of ${node}`]: `hosts.toml of localhost:${cluster.localPort} is written; the CA is written`,
      'names in CoreDNS': expect.any(String),
      'Secret devreg/registry-credential': 'data.password',
      'Secret devreg/registry-tls': 'is not there',
      'Service devreg/registry-nodeport': 'is not there',
      'ConfigMap kube-public/local-registry-hosting': 'is not there',
      'Ingress devreg/registry': 'is not there',
      'Deployment devreg/registry': 'spec.replicas 0 → 1',
    });
    expect(new Set(parts.map(({ state }) => state))).toEqual(new Set(['patch']));
    expect(await everything()).toBe(before);

    await user.sh('devreg create');
    expect(await differing()).toEqual([]);
    await expectWorking('team/mended');
  });

  it('is made anew where it cannot be changed back', async () => {
    await kube('-n devreg delete service/registry');
    await kube('-n devreg create service clusterip registry --tcp=5000:5000');
    const [part, ...others] = await differing();
    expect(part).toMatchObject({ part: 'Service devreg/registry', state: 'patch' });
    expect(part?.detail).toMatch(/^is made anew: /);
    expect(others).toEqual([]);
    await user.sh('devreg create');
    expect(await differing()).toEqual([]);
    await expectWorking('team/again');
  });

  it('is all there again after its whole namespace went, with the images', async () => {
    await kube('delete namespace devreg --timeout=120s');
    expect((await differing()).length).toBeGreaterThan(5);
    await user.sh('devreg create');
    expect(await differing()).toEqual([]);
    await runPod(user, cluster, 'survivor', { image: `${cluster.local}/team/again:1` });
  });
});

describe('what is asked for anew', () => {
  it('is told and changed in place: name, user and password', async () => {
    const flags = `--san ${ALIAS} --user somebody --rotate-password --hosts-file --login`;
    const parts = await differing(flags);
    const details = Object.fromEntries(parts.map(({ part, detail }) => [part, detail]));
    expect(details).toMatchObject({
      credentials: 'new ones',
      certificate: 'lacks a name: issued anew',
      [`trust of ${node}`]: `hosts.toml of ${ALIAS}:${cluster.port} is written`,
      'names in CoreDNS': expect.any(String),
      'Ingress devreg/registry': expect.stringContaining('spec.rules'),
      'Secret devreg/registry-credential': 'data.password; data.token; data.username',
    });
    const { stdout: old } = await user.sh('devreg get secrets -o password');
    await user.sh(`devreg create ${flags}`);
    expect(await differing()).toEqual([]);
    const { stdout: password } = await user.sh('devreg get secrets -o password');
    expect(password).not.toBe(old);
    const status = (login: string) =>
      user.sh(
        `curl -s -o /dev/null -w '%{http_code}' --cacert ${cluster.ca} -u ${login} -X POST https://${ALIAS}:${cluster.port}/v2/team/x/blobs/uploads/`,
      );
    expect((await status(`somebody:${password}`)).stdout).toBe('202');
    expect((await status(`giteaAdmin:${old}`)).stdout).toBe('401');
    await expectWorking('team/renamed');
    await runPod(user, cluster, 'by-alias', { image: `${ALIAS}:${cluster.port}/team/renamed:1` });
  });
});

it('has a good certificate again after whichever command comes next, when its own has ended', async () => {
  await expireCertificate();
  const ask = (door: string) => `curl -sS -o /dev/null --cacert ${cluster.ca} https://${door}/v2/`;
  // The kubelet has been told, and the registry reads it a moment later.
  await user.sh(`until ! ${ask(cluster.local)} 2> /dev/null; do sleep 0.5; done`);
  expect((await user.fails(60, ask(cluster.local))).stderr).toContain('certificate has expired');
  const started = performance.now();
  const { stderr } = await user.sh('devreg get secrets');
  process.stderr.write(`an expired certificate was mended in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  expect(stderr).toContain(`The certificate of ${cluster.name} was issued anew: it had ended.`);
  for (const door of [cluster.local, cluster.named]) await user.sh(ask(door));
  expect((await user.sh('devreg get secrets')).stderr).toBe('');
  expect(await differing()).toEqual([]);
});

/** Puts a certificate into the cluster and into devreg's own files that ended long ago, with the same key. */
async function expireCertificate(): Promise<void> {
  const files = pairFilesIn(join(user.home, `.local/share/devreg/registries/${cluster.name}/tls`), 'tls');
  const [leaf, authority] = await Promise.all([
    readPair(files),
    readPair(pairFilesIn(join(user.home, '.local/share/devreg/ca'), 'ca')),
  ]);
  if (leaf === undefined || authority === undefined) throw new Error('There is no certificate.');
  const { names } = describeCertificate(leaf.certificate);
  const now = new Date(Date.now() - 1000 * 24 * 60 * 60 * 1000);
  const { certificate } = await issueLeaf(authority, { names, now, key: leaf.key });
  await replaceCertificate(files, certificate);
  const data = { 'tls.crt': Buffer.from(certificate.toString()).toString('base64') };
  const patch = await user.write('tls.json', JSON.stringify({ data }));
  await kube(`-n devreg patch secret registry-tls --patch-file ${patch}`);
  await kube('-n devreg annotate pods --all --overwrite devreg/certificate=ended');
}
