/** The article on running a local image registry (S2), with its own names and ports. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { lastDigest } from '../support/clients.ts';
import { startDocker } from '../support/engine.ts';
import { buildImage, loadIntoDocker } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { type ServedRegistry, newAccount, serveRegistry } from '../support/registry-process.ts';
import { startProxy } from '../support/reverse-proxy.ts';

const TUNNEL = '2d1c-47-14-77-147.ngrok-free.app';

let machine: Machine;
let tunnelPair: Awaited<ReturnType<typeof makeCertificate>>;

beforeAll(async () => {
  machine = await openMachine({
    tools: ['buildah', 'curl', 'docker', 'dockerd', 'openssl', 'podman'],
    names: [TUNNEL],
  });
  await startDocker(machine);
  await buildImage(machine, 'ansible-playbook:latest', { layers: [200_000, 900] });
  await buildImage(machine, 'alpine:latest', { layers: [120_000] });
  await loadIntoDocker(machine, 'ansible-playbook:latest');
  tunnelPair = await makeCertificate(machine, [TUNNEL]);
  await machine.sh(`install -D ${tunnelPair.ca} /etc/docker/certs.d/${TUNNEL}/ca.crt`);
  await startProxy(machine, { port: 443, to: 'http://127.0.0.1:5000', tls: tunnelPair });
});

afterAll(() => machine?.[Symbol.asyncDispose]());

describe('with docker, open to all on loopback', () => {
  let registry: ServedRegistry;
  let digest: string;

  beforeAll(async () => {
    registry = await serveRegistry(machine, { listen: ['127.0.0.1:5000'] });
  });

  afterAll(() => registry?.[Symbol.asyncDispose]());

  it('S2-01 S2-02: runs without a cluster and without credentials', async () => {
    const { stdout } = await machine.sh(`curl -fsS -D - http://localhost:5000/v2/`);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(stdout).toMatch(/^docker-distribution-api-version: registry\/2\.0\r?$/im);
  });

  it('S2-03: takes an image with a name of one component', async () => {
    const { output } = await machine.sh(
      'docker image tag ansible-playbook:latest localhost:5000/ansible-playbook:latest\ndocker image push localhost:5000/ansible-playbook:latest',
    );
    expect(output).toContain('The push refers to repository [localhost:5000/ansible-playbook]');
    expect(output).toMatch(/^latest: digest: sha256:[0-9a-f]{64} size: \d+$/m);
    digest = lastDigest(output);
  });

  it('S2-04: lists it, to the byte', async () => {
    const expected = '{"repositories":["ansible-playbook"]}';
    const { stdout } = await machine.sh('curl http://localhost:5000/v2/_catalog | tee catalog; wc -c < catalog');
    expect(stdout).toBe(`${expected}\n${expected.length + 1}`);
  });

  it('S2-08: keeps it when the local copy is removed', async () => {
    const { output } = await machine.sh(
      'docker image remove localhost:5000/ansible-playbook:latest ansible-playbook:latest',
    );
    expect(output).toContain('Untagged: localhost:5000/ansible-playbook:latest');
    expect((await machine.sh('curl -fsS http://localhost:5000/v2/ansible-playbook/tags/list')).stdout).toBe(
      '{"name":"ansible-playbook","tags":["latest"]}',
    );
  });

  it('S2-05: gives it back', async () => {
    const { output } = await machine.sh('docker pull localhost:5000/ansible-playbook:latest');
    expect(lastDigest(output)).toBe(digest);
    expect(output).toContain('Status: Downloaded newer image for localhost:5000/ansible-playbook:latest');
  });

  it('S2-11 S2-12: is the same registry through a tunnel, whatever it is called there', async () => {
    await buildImage(machine, 'from-pipeline:latest', { layers: [70_000, 300_000] });
    await loadIntoDocker(machine, 'from-pipeline:latest');
    const mark = await registry.mark();
    const pushed = await machine.sh(
      `docker tag from-pipeline:latest ${TUNNEL}/ansible-playbook\ndocker image push ${TUNNEL}/ansible-playbook`,
    );
    expect(lastDigest(pushed.output)).not.toBe(digest);
    expect(new Set((await registry.requests(mark)).map(({ host }) => host))).toEqual(new Set([TUNNEL]));
    const pulled = await machine.sh('docker pull localhost:5000/ansible-playbook:latest');
    expect(lastDigest(pulled.output)).toBe(lastDigest(pushed.output));
    expect((await machine.sh('curl http://localhost:5000/v2/_catalog')).stdout).toBe(
      '{"repositories":["ansible-playbook"]}',
    );
  });

  it('S2-06: tells of every request in its log', async () => {
    const paths = (await registry.requests()).map(({ method, path, status }) => `${method} ${path} ${status}`);
    expect(paths).toContain('PUT /v2/ansible-playbook/manifests/latest 201');
    expect(paths).toContain('GET /v2/_catalog 200');
  });
});

describe('through the tunnel, with a login', () => {
  const account = newAccount('admin');
  const base = `https://${TUNNEL}/v2`;
  let registry: ServedRegistry;

  beforeAll(async () => {
    registry = await serveRegistry(machine, { listen: ['127.0.0.1:5000'], flags: ['--tls off'], account });
  });

  afterAll(() => registry?.[Symbol.asyncDispose]());

  it('S2-15: wants credentials for a push, and says where they are taken under the name and the protocol outside', async () => {
    const { stdout } = await machine.sh(`curl -sS -o /dev/null -D - --cacert ${tunnelPair.ca} ${base}/`);
    expect(stdout).toMatch(new RegExp(`^www-authenticate: Bearer realm="${base}/token"`, 'im'));
    const push = `docker push ${TUNNEL}/ansible-playbook`;
    expect((await machine.fails(push)).output).toContain('unauthorized: authentication required');
    await machine.sh(`docker login -u ${account.user} --password-stdin ${TUNNEL}\n${push}`, {
      input: account.password,
    });
  });

  it('S2-14: tells the address of the client in its log', async () => {
    const mark = await registry.mark();
    await machine.sh(
      `curl -fsS -o /dev/null --interface 127.0.0.7 --cacert ${tunnelPair.ca} ${base}/ansible-playbook/tags/list`,
    );
    expect(await registry.requests(mark)).toMatchObject([
      { path: '/v2/ansible-playbook/tags/list', client: '127.0.0.7', host: TUNNEL },
    ]);
  });
});

describe('with podman, on a listener that speaks plain HTTP only', () => {
  let registry: ServedRegistry;

  beforeAll(async () => {
    await machine.sh('podman tag localhost/alpine:latest localhost:5000/alpine:latest');
    registry = await serveRegistry(machine, { listen: ['127.0.0.1:5000'], flags: ['--tls off'] });
  });

  afterAll(() => registry?.[Symbol.asyncDispose]());

  it('S2-17: is refused by podman, in the words of the article', async () => {
    const { output } = await machine.fails('podman image push localhost:5000/alpine:latest');
    expect(output).toMatch(
      /Error: trying to reuse blob sha256:[0-9a-f]{64} at destination: pinging container registry localhost:5000: Get "https:\/\/localhost:5000\/v2\/": http: server gave HTTP response to HTTPS client/,
    );
  });

  it("S2-18 S2-19: is accepted once the article's file is there", async () => {
    await machine.write(
      '/etc/containers/registries.conf.d/myregistry.conf',
      '[[registry]]\nlocation = "localhost:5000"\ninsecure = true\n',
    );
    const { output } = await machine.sh('podman image push localhost:5000/alpine:latest');
    const lines = output.split('\n').filter((line) => line.trim() !== '');
    expect(lines[0]).toBe('Getting image source signatures');
    expect(lines[1]).toMatch(/^Copying blob (sha256:)?[0-9a-f]{12,}/);
    expect(lines[2]).toMatch(/^Copying config (sha256:)?[0-9a-f]{10,}/);
    expect(lines.slice(3)).toEqual(['Writing manifest to image destination', 'Storing signatures']);
    expect((await machine.sh('curl http://localhost:5000/v2/_catalog')).stdout).toBe('{"repositories":["alpine"]}');
  });
});

it('has the error of the article nowhere else: a port with TLS and HTTP wants its CA from podman, and has it', async () => {
  await using _registry = await serveRegistry(machine, { listen: ['127.0.0.1:5000'] });
  await machine.sh('rm /etc/containers/registries.conf.d/myregistry.conf');
  expect((await machine.fails('podman image push localhost:5000/alpine:latest')).output).toContain(
    'x509: certificate signed by unknown authority',
  );
  const ca = join(machine.home, '.local/share/devreg/ca/ca.crt');
  await machine.sh(
    `install -D ${ca} trusted/ca.crt\npodman image push --cert-dir trusted localhost:5000/alpine:latest`,
  );
});
