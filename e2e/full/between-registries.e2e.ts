/** From one devreg to another, and from engines to devreg: the bytes stay the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastDigest } from '../support/clients.ts';
import { startDocker } from '../support/engine.ts';
import { buildImage, exportLayout, loadIntoDocker } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { newAccount, serveRegistry } from '../support/registry-process.ts';

const FROM = 'localhost:5001';
const TO = 'localhost:5002';
const account = newAccount('admin');
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

let machine: Machine;

beforeAll(async () => {
  machine = await openMachine({
    tools: ['buildah', 'crane', 'curl', 'docker', 'dockerd', 'jq', 'podman', 'regctl', 'skopeo'],
  });
  await startDocker(machine);
  machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls off'] }));
  machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5002'], flags: ['--tls off'], account }));
  await machine.sh(`regctl registry set ${FROM} --tls disabled; regctl registry set ${TO} --tls disabled`);
  await machine.sh(`docker login -u ${account.user} --password-stdin ${TO}`, { input: account.password });
  await buildImage(machine, 'both:amd64', { layers: [2_000_000, 30_000], platform: 'linux/amd64' });
  await buildImage(machine, 'both:arm64', { layers: [1_500_000], platform: 'linux/arm64' });
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** The manifest as it is on the wire: its type, its digest as computed here, and as the server says. */
async function onWire(
  host: string,
  path: string,
): Promise<{ readonly type: string; readonly digest: string; readonly said: string }> {
  const accept = ['index.v1', 'manifest.v1']
    .map((kind) => `application/vnd.oci.image.${kind}+json`)
    .concat(DOCKER_MANIFEST, 'application/vnd.docker.distribution.manifest.list.v2+json');
  const { stdout } = await machine.sh(
    `curl -fsS -o body -w '%{content_type} %header{docker-content-digest} ' -H 'Accept: ${accept.join(', ')}' http://${host}/v2/${path}; sha256sum < body`,
  );
  const [type = '', said = '', digest = ''] = stdout.split(' ');
  return { type, said, digest: `sha256:${digest}` };
}

describe('copying between two registries keeps digests', () => {
  beforeAll(async () => {
    await machine.sh(`buildah manifest create both:all localhost/both:amd64 localhost/both:arm64
      buildah manifest push -q --all --tls-verify=false both:all docker://${FROM}/team/both:1
      echo about > about.txt
      regctl artifact put --subject ${FROM}/team/both:1 --artifact-type text/plain -f about.txt
      for tag in 2 3; do regctl image copy ${FROM}/team/both:1 ${FROM}/team/both:$tag; done`);
  });

  it.each([
    [
      'skopeo',
      `skopeo copy --all --src-tls-verify=false --dest-tls-verify=false docker://${FROM}/team/both:1 docker://${TO}/by/skopeo:1`,
    ],
    ['regctl', `regctl image copy --referrers ${FROM}/team/both:1 ${TO}/by/regctl:1`],
    ['crane', `crane copy ${FROM}/team/both:1 ${TO}/by/crane:1`],
  ])('with %s', async (client, line) => {
    await machine.sh(line);
    const [before, after] = [await onWire(FROM, 'team/both/manifests/1'), await onWire(TO, `by/${client}/manifests/1`)];
    expect(after).toEqual(before);
    expect(after.digest).toBe(after.said);
    await machine.sh(`crane validate --remote ${TO}/by/${client}:1`);
  });

  it('with skopeo sync, every tag', async () => {
    await machine.sh(
      `skopeo sync --all --src docker --dest docker --src-tls-verify=false --dest-tls-verify=false ${FROM}/team/both ${TO}/synced`,
    );
    expect((await machine.sh(`crane ls ${TO}/synced/both`)).stdout.split('\n').toSorted()).toEqual(['1', '2', '3']);
    expect(await onWire(TO, 'synced/both/manifests/3')).toEqual(await onWire(FROM, 'team/both/manifests/3'));
  });

  it('and takes the referrers along where the client does', async () => {
    const { said } = await onWire(FROM, 'team/both/manifests/1');
    const count = (host: string, repository: string) =>
      machine.sh(`curl -fsS http://${host}/v2/${repository}/referrers/${said} | jq '.manifests | length'`);
    expect((await count(TO, 'by/regctl')).stdout).toBe('1');
    expect((await count(TO, 'by/skopeo')).stdout).toBe('0');
  });
});

describe('S3-24: what an engine pushed is kept to the byte', () => {
  it('Docker schema 2 by docker', async () => {
    await loadIntoDocker(machine, 'both:amd64');
    const { output } = await machine.sh(
      `docker tag both:amd64 ${FROM}/bytes/docker:1\ndocker push ${FROM}/bytes/docker:1`,
    );
    const size = /size: (\d+)/.exec(output)?.[1];
    expect(await onWire(FROM, 'bytes/docker/manifests/1')).toEqual({
      type: DOCKER_MANIFEST,
      digest: lastDigest(output),
      said: lastDigest(output),
    });
    expect((await machine.sh('wc -c < body')).stdout.trim()).toBe(size);
    const pulled = await machine.sh(`docker rmi ${FROM}/bytes/docker:1 both:amd64; docker pull ${FROM}/bytes/docker:1`);
    expect(lastDigest(pulled.output)).toBe(lastDigest(output));
  });

  it('OCI by skopeo', async () => {
    const layout = await exportLayout(machine, 'both:amd64', 'oci-bytes');
    await machine.sh(`skopeo copy -q --dest-tls-verify=false oci:${layout} docker://${FROM}/bytes/skopeo:1`);
    const { stdout } = await machine.sh(
      `cd oci-bytes; m=$(jq -r '.manifests[0].digest' index.json); echo $m; sha256sum < blobs/sha256/\${m#sha256:}`,
    );
    const [digest = '', sum = ''] = stdout.split(/\s+/);
    expect(`sha256:${sum}`).toBe(digest);
    expect(await onWire(FROM, 'bytes/skopeo/manifests/1')).toEqual({ type: OCI_MANIFEST, digest, said: digest });
    const back = await machine.sh(
      `skopeo copy -q --src-tls-verify=false docker://${FROM}/bytes/skopeo:1 oci:back:1; for f in oci-bytes/blobs/sha256/*; do cmp $f back/blobs/sha256/$(basename $f); done; ls back/blobs/sha256 | wc -l; ls oci-bytes/blobs/sha256 | wc -l`,
    );
    expect(new Set(back.stdout.split('\n')).size).toBe(1);
  });

  it('a Docker image pushed again by skopeo, as either kind', async () => {
    const copy = (format: string) =>
      machine.sh(
        `skopeo copy -q --format ${format} --src-tls-verify=false --dest-tls-verify=false docker://${FROM}/bytes/docker:1 docker://${FROM}/bytes/again:${format}`,
      );
    await copy('v2s2');
    await copy('oci');
    expect(await onWire(FROM, 'bytes/again/manifests/v2s2')).toEqual(await onWire(FROM, 'bytes/docker/manifests/1'));
    expect((await onWire(FROM, 'bytes/again/manifests/oci')).type).toBe(OCI_MANIFEST);
  });
});
