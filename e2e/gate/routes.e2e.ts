/** One registry under several names and below paths: path routing (S0) and a proxy that rewrites (S4). */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastDigest } from '../support/clients.ts';
import { startDocker } from '../support/engine.ts';
import { buildImage, loadIntoDocker } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { type ServedRegistry, newAccount, serveRegistry } from '../support/registry-process.ts';
import { startProxy } from '../support/reverse-proxy.ts';

const account = newAccount('giteaAdmin');
let machine: Machine;

beforeAll(async () => {
  machine = await openMachine({
    tools: ['buildah', 'curl', 'docker', 'dockerd', 'jq', 'podman', 'skopeo'],
    names: ['cnoe.localtest.me', 'gitea.cnoe.localtest.me'],
  });
  await startDocker(machine);
  await buildImage(machine, 'alpine:latest', { layers: [80_000] });
  await loadIntoDocker(machine, 'alpine:latest');
});

afterAll(() => machine?.[Symbol.asyncDispose]());

const login = (host: string) =>
  machine.sh(`docker login -u ${account.user} --password-stdin ${host}`, { input: account.password });

describe('path routing', () => {
  const PATH_HOST = 'cnoe.localtest.me:8443';
  const NAME_HOST = 'gitea.cnoe.localtest.me:8443';
  let registry: ServedRegistry;
  let digest: string;

  beforeAll(async () => {
    registry = await serveRegistry(machine, {
      listen: ['127.0.0.1:8443'],
      flags: [`--route ${PATH_HOST}/gitea=`, '--san cnoe.localtest.me', '--san gitea.cnoe.localtest.me'],
      account,
    });
    const ca = join(machine.home, '.local/share/devreg/ca/ca.crt');
    for (const host of [PATH_HOST, NAME_HOST]) {
      await machine.sh(
        `install -D ${ca} /etc/docker/certs.d/${host}/ca.crt; install -D ${ca} $HOME/.config/containers/certs.d/${host}/ca.crt`,
      );
    }
  });

  afterAll(() => registry?.[Symbol.asyncDispose]());

  it('S0-22: docker logs in to a name with a path', async () => {
    expect((await login(`${PATH_HOST}/gitea`)).output).toContain('Login Succeeded');
  });

  it('S0-25 S0-27: takes an image by the path, and says that its layers exist when it comes again', async () => {
    const image = `${PATH_HOST}/gitea/giteaadmin/alpine`;
    const first = await machine.sh(`docker tag alpine:latest ${image}:latest\ndocker push ${image}:latest`);
    expect(first.output).toContain(`The push refers to repository [${image}]`);
    digest = lastDigest(first.output);
    const again = await machine.sh(`docker push ${image}:latest`);
    expect(again.output).toMatch(/^[0-9a-f]{12}: Layer already exists/m);
    expect(again.output).toMatch(new RegExp(`^latest: digest: ${digest} size: \\d+$`, 'm'));
  });

  it('S0-28: knows that the image is up to date', async () => {
    const image = `${PATH_HOST}/gitea/giteaadmin/alpine:latest`;
    const { output } = await machine.sh(`docker pull ${image}`);
    expect(output.split('\n')).toEqual([
      'latest: Pulling from gitea/giteaadmin/alpine',
      `Digest: ${digest}`,
      `Status: Image is up to date for ${image}`,
      image,
    ]);
  });

  it('S0-25: gives the same image by the name, and lists it once', async () => {
    const inspect = (name: string) =>
      machine.sh(`skopeo inspect --no-creds --format '{{.Digest}} {{.Name}}' docker://${name}`);
    expect((await inspect(`${NAME_HOST}/giteaadmin/alpine`)).stdout).toBe(`${digest} ${NAME_HOST}/giteaadmin/alpine`);
    expect((await inspect(`${PATH_HOST}/gitea/giteaadmin/alpine`)).stdout).toBe(
      `${digest} ${PATH_HOST}/gitea/giteaadmin/alpine`,
    );
    const { stdout } = await machine.sh(
      `curl -fsSk https://${NAME_HOST}/v2/_catalog; curl -fsSk https://${PATH_HOST}/v2/_catalog`,
    );
    expect(stdout).toBe('{"repositories":["giteaadmin/alpine"]}\n{"repositories":["giteaadmin/alpine"]}');
  });

  it('S0-12: does not let anybody push by either', async () => {
    await machine.sh(`docker logout ${PATH_HOST}`);
    expect((await machine.fails(`docker push ${PATH_HOST}/gitea/giteaadmin/alpine:latest`)).output).toContain(
      'unauthorized: authentication required',
    );
    await machine.sh(`docker tag alpine:latest ${NAME_HOST}/giteaadmin/alpine:2`);
    expect((await machine.fails(`docker push ${NAME_HOST}/giteaadmin/alpine:2`)).output).toContain(
      'unauthorized: authentication required',
    );
  });
});

describe.each([
  { proxy: 'that says how it was reached', quiet: false, port: 8081 },
  { proxy: 'that only passes Host on', quiet: true, port: 8082 },
])('S4-01 S4-02 S4-03: behind a proxy $proxy', ({ quiet, port }) => {
  const host = `localhost:${port}`;
  let registry: ServedRegistry;

  beforeAll(async () => {
    registry = await serveRegistry(machine, { listen: ['127.0.0.1:8080'], flags: ['--tls off'], account });
    await startProxy(machine, { port, to: 'http://localhost:8080', path: '/repositories/oci/docker', quiet });
  });

  afterAll(() => registry?.[Symbol.asyncDispose]());

  it('docker logs in, pushes and pulls', async () => {
    await login(host);
    const pushed = await machine.sh(`docker tag alpine:latest ${host}/x\ndocker push ${host}/x`);
    await machine.sh(`docker logout ${host}; docker rmi -f $(docker images -q)`);
    const pulled = await machine.sh(`docker pull ${host}/x; docker tag ${host}/x alpine:latest`);
    expect(pulled.output).toContain('Downloaded newer image');
    expect(lastDigest(pulled.output)).toBe(lastDigest(pushed.output));
  });

  it('the inner path is in no Location and in no realm', async () => {
    const base = `http://${host}/v2`;
    const challenge = await machine.sh(`curl -sS -o /dev/null -D - ${base}/`);
    expect(challenge.stdout).toMatch(new RegExp(`^www-authenticate: Bearer realm="http://${host}/v2/token"`, 'im'));
    const upload = await machine.sh(
      `curl -fsS -o /dev/null -D - -u ${account.user}:${account.password} -X POST ${base}/y/blobs/uploads/`,
    );
    expect(upload.stdout).toMatch(/^location: \/v2\/y\/blobs\/uploads\//im);
    expect(challenge.stdout + upload.stdout).not.toContain('/repositories/');
  });

  it('the image lies in the repository that the path names', async () => {
    expect((await machine.sh(`curl -fsS http://${host}/v2/_catalog`)).stdout).toBe('{"repositories":["x"]}');
    expect((await machine.sh('curl -fsS http://localhost:8080/v2/_catalog')).stdout).toBe(
      '{"repositories":["docker/x"]}',
    );
    expect((await machine.sh('curl -fsS http://localhost:8080/repositories/oci/docker/v2/x/tags/list')).stdout).toBe(
      '{"name":"x","tags":["latest"]}',
    );
  });
});
