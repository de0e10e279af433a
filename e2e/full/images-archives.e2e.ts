/** Images outside registries beside the tools that made the formats: each reads what the other wrote, digest for digest. */
import { readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { startDocker } from '../support/engine.ts';
import { buildImage, digestOf, exportLayout } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { type ServedRegistry, serveRegistry } from '../support/registry-process.ts';

const HOST = 'localhost:5001';
const IMAGE = `${HOST}/team/app:1`;
const CONTAINERD = '/run/docker/containerd/containerd.sock';

let machine: Machine;
let registry: ServedRegistry;
/** Of the manifest that was pushed, and of its configuration, which is the id that engines know. */
let digest: string;
let id: string;
let manifest: string;

const sh = async (line: string) => (await machine.sh(`export PATH=$HOME/bin:$PATH\n${line}`)).stdout.trim();
/** The digest of what a place leads to. */
const rootOf = async (place: string) =>
  digestOf(Buffer.from(await sh(`skopeo inspect --raw ${place} | base64 -w0`), 'base64'));

beforeAll(async () => {
  machine = await openMachine({ tools: ['buildah', 'crane', 'ctr', 'docker', 'podman', 'regctl', 'skopeo'] });
  await machine.sh('mkdir -p $HOME/bin');
  await symlink(join(dirname(await buildProgram()), 'devreg.js'), join(machine.home, 'bin/devreg'));
  await startDocker(machine);
  registry = machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls off'] }));
  await sh(`regctl registry set ${HOST} --tls disabled`);
  await buildImage(machine, 'app:1', {
    layers: [2_000_000, 3_000, 40_000],
    platform: 'linux/amd64',
    config: ['--label a=1', '--env GREETING=hello', '--cmd /layer-0'],
  });
  await buildImage(machine, 'app:arm64', { layers: [200_000], platform: 'linux/arm64' });
  await exportLayout(machine, 'app:1', 'layout');
  await sh('skopeo copy -q oci:layout:sample docker-archive:app.docker.tar');
  await sh(`skopeo copy -q --dest-tls-verify=false oci:layout:sample docker://${IMAGE}
    buildah manifest create app:all localhost/app:1 localhost/app:arm64
    buildah manifest push -q --all --format oci --tls-verify=false app:all docker://${HOST}/team/app:all`);
  manifest = await sh('skopeo inspect --raw oci:layout:sample');
  digest = digestOf(manifest);
  id = JSON.parse(manifest).config.digest;
});

afterAll(() => machine?.[Symbol.asyncDispose]());

describe('the same bytes as skopeo writes', () => {
  it.each([
    ['an image', `docker://${HOST}/team/app:1`, ''],
    ['all platforms', `docker://${HOST}/team/app:all`, '--all'],
    ['an image of a layout', 'oci:layout:sample', ''],
  ])('are in a dir: folder of %s', async (_what, source, all) => {
    await sh(`rm -rf ours theirs; mkdir ours
      devreg images copy -q --remove-signatures ${source} dir:ours
      skopeo copy -q ${all} --src-tls-verify=false ${source} dir:theirs
      diff -r ours theirs`);
  });

  it('are in the blobs of a layout', async () => {
    await sh(`rm -rf ours theirs
      devreg images copy -q ${IMAGE} oci:ours:name
      skopeo copy -q --src-tls-verify=false docker://${IMAGE} oci:theirs:name
      diff -r ours/blobs theirs/blobs`);
    expect(await rootOf('oci:ours:name')).toBe(digest);
  });

  it('are in the layers of a docker archive', async () => {
    await sh(`rm -rf ours* theirs*; mkdir ours theirs
      devreg images copy -q oci:layout:sample docker-archive:ours.tar:team/app:1
      skopeo copy -q oci:layout:sample docker-archive:theirs.tar:team/app:1
      tar xf ours.tar -C ours; tar xf theirs.tar -C theirs
      for file in $(cd ours; ls *.tar *.json); do cmp ours/$file theirs/$file || test $file = manifest.json; done`);
    const [ours, theirs] = await Promise.all(['ours', 'theirs'].map((name) => sh(`cat ${name}/manifest.json`)));
    expect(JSON.parse(ours ?? '')).toEqual(JSON.parse(theirs ?? ''));
  });
});

describe('an export is read', () => {
  beforeAll(() => sh(`devreg images export -q ${IMAGE} -o app.tar --digestfile digests`));

  it('and its images are named with their digests', async () => {
    expect(await sh('cat digests')).toBe(`${digest} ${IMAGE}`);
  });

  it('by docker load', async () => {
    expect(await sh('docker load -i app.tar')).toContain(IMAGE);
    expect(await sh(`docker image inspect --format '{{.Id}}' ${IMAGE}`)).toBe(id);
  });

  it.each(['gzip', 'zstd'])('by podman load, also through %s', async (compression) => {
    await sh(`devreg images export -q --compress ${compression} ${IMAGE} > app.compressed; podman load -i app.tar`);
    expect(await sh(`podman image inspect --format '{{.RepoDigests}}' ${IMAGE}`)).toContain(digest);
    await sh(`podman rmi ${IMAGE}; devreg images copy -q oci-archive:app.compressed containers-storage:${IMAGE}`);
    expect(await sh(`podman image inspect --format '{{.RepoDigests}}' ${IMAGE}`)).toContain(digest);
    await sh(`podman rmi ${IMAGE}`);
  });

  it('by containerd', async () => {
    await sh(`ctr -a ${CONTAINERD} -n test images import app.tar`);
    const [line = ''] = (await sh(`ctr -a ${CONTAINERD} -n test images ls`)).split('\n').slice(1);
    expect(line).toContain(IMAGE);
    expect(line).toContain(digest);
  });

  it.each([
    'oci-archive:app.tar:1',
    'oci-archive:app.tar',
    'docker-archive:app.tar',
    `docker-archive:app.tar:${IMAGE}`,
  ])('by skopeo as %s', async (place) => {
    await sh(`rm -rf read; skopeo copy -q ${place} dir:read`);
    if (place.startsWith('oci')) expect(await sh('cat read/manifest.json')).toBe(manifest);
    else expect(JSON.parse(await sh('cat read/manifest.json')).config.digest).toBe(id);
  });

  it('by crane', async () => {
    await sh(`crane validate --tarball app.tar; crane push --insecure app.tar ${HOST}/team/crane:1`);
    expect(JSON.parse(await sh(`crane manifest --insecure ${HOST}/team/crane:1`)).config.digest).toBe(id);
  });

  it('by regctl', async () => {
    await sh(`regctl image import ${HOST}/team/regctl:1 app.tar`);
    expect(await sh(`regctl image digest ${HOST}/team/regctl:1`)).toBe(digest);
  });

  it('with all platforms, of which Docker gets one', async () => {
    await sh(`devreg images export -q ${HOST}/team/app:all -o all.tar; docker load -i all.tar
      rm -rf all; skopeo copy -q --all oci-archive:all.tar:all dir:all`);
    expect(digestOf(await readFile(join(machine.folder, 'all/manifest.json')))).toBe(
      await sh(`regctl image digest ${HOST}/team/app:all`),
    );
    expect(await sh(`docker image inspect --format '{{.Architecture}}' ${HOST}/team/app:all`)).toBe('amd64');
  });

  it('the same, however often it is made', async () => {
    await sh(`devreg images export -q ${IMAGE} | cmp - app.tar`);
  });
});

describe('what others wrote is read', () => {
  /** Those that keep the manifest. */
  it.each([
    ['skopeo, a layout', 'skopeo copy -q oci:layout:sample oci:in:1', 'oci:in:1'],
    ['skopeo, a layout in an archive', 'skopeo copy -q oci:layout:sample oci-archive:in:1', 'oci-archive:in:1'],
    ['skopeo, a folder', 'skopeo copy -q oci:layout:sample dir:in', 'dir:in'],
    ['crane pull', `crane pull --insecure --format oci ${IMAGE} in`, 'oci:in'],
    ['regctl image copy', `regctl image copy ${IMAGE} ocidir://in:1`, 'ocidir://in:1'],
    ['regctl image export', `regctl image export ${IMAGE} in`, 'oci-archive:in'],
    ['regctl image export, to Docker', `regctl image export ${IMAGE} in`, 'docker-archive:in'],
    ['podman save', `podman save -q --format oci-archive -o in pushed`, 'oci-archive:in'],
    ['podman save, a layout', `podman save -q --format oci-dir -o in pushed`, 'oci:in'],
  ])('by %s, digest for digest', async (_who, write, place) => {
    await sh(
      `podman image exists pushed || { podman pull -q --tls-verify=false ${IMAGE}; podman tag ${IMAGE} pushed; }`,
    );
    await sh(`rm -rf in; ${write}; devreg images copy -q ${place} ${HOST}/team/in:1`);
    expect(await sh(`regctl image digest ${HOST}/team/in:1`)).toBe(digest);
  });

  /** Those that do not: the layers are as they are there, and the configuration is the same. */
  it.each([
    ['docker save', `docker pull -q ${IMAGE}; docker save -o in ${IMAGE}`, 'docker-archive:in'],
    ['docker save, through gzip', `docker save ${IMAGE} | gzip > in`, 'docker-archive:in'],
    ['docker, from the engine', 'true', `docker-daemon:${IMAGE}`],
    ['podman save', `podman save -q --format docker-archive -o in pushed`, 'docker-archive:in'],
    ['podman, from the engine', 'true', 'containers-storage:localhost/pushed:latest'],
    ['skopeo', `skopeo copy -q oci:layout:sample docker-archive:in:app:1`, 'docker-archive:in:app:1'],
    ['crane pull', `crane pull --insecure --format tarball ${IMAGE} in`, 'docker-archive:in'],
  ])('by %s, with the same id, and always the same digest', async (_who, write, place) => {
    await sh(`rm -rf in; ${write}; devreg images copy -q ${place} ${HOST}/team/in:2`);
    const first = await sh(`regctl image digest ${HOST}/team/in:2`);
    expect(JSON.parse(await sh(`regctl manifest get --format body ${HOST}/team/in:2`)).config.digest).toBe(id);
    await sh(`devreg images copy -q ${place} ${HOST}/team/in:3; podman pull -q --tls-verify=false ${HOST}/team/in:3`);
    expect(await sh(`regctl image digest ${HOST}/team/in:3`)).toBe(first);
    expect(await sh(`podman image inspect --format 'sha256:{{.Id}}' ${HOST}/team/in:3`)).toBe(id);
    await sh(`podman rmi ${HOST}/team/in:3`);
  });

  it('through a pipe', async () => {
    await sh(`skopeo copy -q oci:layout:sample oci-archive:/dev/stdout:1 > in || skopeo copy -q oci:layout:sample oci-archive:in:1
      gzip < in | devreg images copy -q oci-archive:- ${HOST}/team/in:4`);
    expect(await sh(`regctl image digest ${HOST}/team/in:4`)).toBe(digest);
  });
});

it.each([
  ['as it comes out', IMAGE],
  ['also with layers by zstd', 'oci:zstd:1'],
])('goes into the engine %s', async (_how, source) => {
  await sh(`test -d zstd || skopeo copy -q --dest-compress --dest-compress-format zstd docker-archive:app.docker.tar oci:zstd:1
    devreg images copy -q ${source} docker-daemon:team/loaded:1`);
  expect(await sh(`docker image inspect --format '{{.Id}}' team/loaded:1`)).toBe(id);
});

it('lays nothing aside: the registry was asked for what it needed, and nothing is left on the disk', async () => {
  expect(await sh('ls -A . /var/tmp | grep -c partial || true')).toBe('0');
  expect((await registry.requests()).filter(({ status }) => status >= 500)).toEqual([]);
});
