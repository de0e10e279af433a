/** `devreg images copy` where the image cannot stay as it is: in another format, or in a place for one platform alone. */
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { startDocker } from '../support/engine.ts';
import { buildImage } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { serveRegistry } from '../support/registry-process.ts';

const HOST = 'localhost:5001';
const REPOSITORY = `${HOST}/team/app`;
const LIST = { oci: 'application/vnd.oci.image.index.v1+json', v2s2: 'manifest.list.v2+json' };

let machine: Machine;

const sh = async (line: string) => (await machine.sh(`export PATH=$HOME/bin:$PATH\n${line}`)).stdout.trim();
const fails = (line: string) => machine.fails(`export PATH=$HOME/bin:$PATH\n${line}`);

beforeAll(async () => {
  machine = await openMachine({
    tools: ['buildah', 'crane', 'docker', 'helm', 'jq', 'podman', 'regctl', 'skopeo'],
  });
  await machine.sh('mkdir -p $HOME/bin');
  await symlink(join(dirname(await buildProgram()), 'devreg.js'), join(machine.home, 'bin/devreg'));
  await startDocker(machine);
  machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls off'] }));
  await sh(`regctl registry set ${HOST} --tls disabled`);
  const config = ['--label b=2', "--label 'a=<&>'", '--env GREETING=hello', '--cmd /layer-0', '--port 80/tcp'];
  for (const format of ['oci', 'docker'] as const) {
    const more = format === 'docker' ? ['--healthcheck "CMD /layer-0"', '--volume /data', '--user 1'] : [];
    await buildImage(machine, `from-${format}:amd64`, {
      layers: [30_000, 3_000],
      format,
      platform: 'linux/amd64',
      config: [...config, ...more],
    });
    await buildImage(machine, `from-${format}:arm64`, { layers: [20_000], format, platform: 'linux/arm64' });
    const [push, type] = format === 'oci' ? ['oci', 'oci'] : ['v2s2', 'v2s2'];
    await sh(`buildah manifest create from-${format}:all localhost/from-${format}:amd64 localhost/from-${format}:arm64
      buildah manifest push -q --all --format ${push} --tls-verify=false from-${format}:all docker://${REPOSITORY}:${type}-all
      skopeo copy -q --format ${type} --dest-tls-verify=false containers-storage:localhost/from-${format}:amd64 docker://${REPOSITORY}:${type}`);
  }
}, 300_000);

afterAll(() => machine?.[Symbol.asyncDispose]());

describe('S3-24: in another format it is what skopeo makes of it, file for file', () => {
  it.each([
    ['v2s2', 'oci', 'an image'],
    ['oci', 'v2s2', 'an image'],
    ['v2s2-all', 'oci', 'all platforms'],
    ['oci-all', 'v2s2', 'all platforms'],
    ['oci-all', 'oci', 'all platforms, which have it already'],
  ])('from :%s to %s, %s', async (tag, format) => {
    await sh(`rm -rf ours theirs
      skopeo copy -q --all --format ${format} --src-tls-verify=false docker://${REPOSITORY}:${tag} dir:theirs
      devreg images copy -q --format ${format} ${REPOSITORY}:${tag} dir:ours
      diff -r ours theirs`);
    if (tag.endsWith('all')) expect(await sh('jq -r .mediaType ours/manifest.json')).toContain(LIST[format as 'oci']);
  });

  it('in a registry and in a layout too, and there and back', async () => {
    await sh(`skopeo copy -q --all --format oci --src-tls-verify=false --dest-tls-verify=false docker://${REPOSITORY}:v2s2-all docker://${HOST}/theirs/app:oci
      devreg images copy -q --format oci ${REPOSITORY}:v2s2-all ${HOST}/ours/app:oci
      devreg images copy -q --format oci ${REPOSITORY}:v2s2-all oci:layout:1
      devreg images copy -q --format docker ${HOST}/ours/app:oci ${HOST}/ours/app:docker
      skopeo copy -q --all --format v2s2 --src-tls-verify=false --dest-tls-verify=false docker://${HOST}/theirs/app:oci docker://${HOST}/theirs/app:docker`);
    const theirs = await sh(`crane digest ${HOST}/theirs/app:oci`);
    expect(await sh(`crane digest ${HOST}/ours/app:oci; devreg images digest oci:layout:1`)).toBe(
      `${theirs}\n${theirs}`,
    );
    expect(await sh(`crane digest ${HOST}/ours/app:docker`)).toBe(await sh(`crane digest ${HOST}/theirs/app:docker`));
    await sh(`crane validate --remote ${HOST}/ours/app:oci; crane validate --remote ${HOST}/ours/app:docker
      podman pull -q --tls-verify=false ${HOST}/ours/app:oci; docker pull -q ${HOST}/ours/app:docker`);
  });

  it('moves no layer that the registry can take over', async () => {
    const [row] = JSON.parse(
      await sh(`devreg images copy -o json --format oci ${REPOSITORY}:v2s2 ${HOST}/mounted/app:1`),
    );
    expect(row.blobs).toEqual({ copied: 1, mounted: 2, there: 0 });
  });

  it('says what is lost, and what stays behind', async () => {
    const lost = await machine.sh(`$HOME/bin/devreg images copy --format oci ${REPOSITORY}:v2s2 dir:lost`);
    expect(lost.stderr).toContain(`docker://${REPOSITORY}:v2s2 loses Healthcheck: `);
    await sh(`echo about > about; regctl artifact put --subject ${REPOSITORY}:oci --artifact-type text/plain -f about`);
    const behind = await machine.sh(`$HOME/bin/devreg images copy --format v2s2 ${REPOSITORY}:oci ${HOST}/alone/app:1`);
    expect(behind.stderr).toContain('1 signature or attestation stays behind: ');
    expect(await sh(`regctl artifact list --format '{{len .Descriptors}}' ${HOST}/alone/app:1`)).toBe('0');
  });

  it('refuses what has no counterpart, as skopeo does', async () => {
    await sh(`skopeo copy -q --dest-compress --dest-compress-format zstd containers-storage:localhost/from-oci:amd64 oci:zstd:1
      regctl artifact put --artifact-type application/x.thing -f about ${HOST}/team/thing:1`);
    for (const [place, flags] of [
      ['oci:zstd:1', ''],
      [`docker://${HOST}/team/thing:1`, '--src-tls-verify=false'],
    ] as const) {
      await fails(`skopeo copy -q --format v2s2 ${flags} ${place} dir:refused-theirs`);
      const { output, exitCode } = await fails(`devreg images copy --format v2s2 ${place} dir:refused`);
      expect([exitCode, output]).toEqual([1, expect.stringContaining('code: CONVERSION_IMPOSSIBLE')]);
      await sh('test ! -e refused/manifest.json');
    }
    const kept = await fails(`devreg images copy --format oci --preserve-digests ${REPOSITORY}:v2s2 dir:refused`);
    expect(kept.output).toContain('code: DIGEST_CHANGES');
  });
});

describe('a place for one platform', () => {
  it.each([
    ['this machine', '', 'amd64'],
    ['another', '--override-arch arm64', 'arm64'],
  ])('gets that of %s, as with skopeo, and it is said', async (_whose, flags, arch) => {
    await sh(`rm -f ours.tar theirs.tar`);
    const { stderr } = await machine.sh(
      `$HOME/bin/devreg images copy ${flags} ${REPOSITORY}:oci-all docker-archive:ours.tar:app:1`,
    );
    expect(stderr).toContain(`holds one platform: it gets linux/${arch}`);
    await sh(
      `skopeo ${flags} copy -q --src-tls-verify=false docker://${REPOSITORY}:oci-all docker-archive:theirs.tar:app:1`,
    );
    const [ours, theirs] = [await sh('tar xOf ours.tar manifest.json'), await sh('tar xOf theirs.tar manifest.json')];
    expect(JSON.parse(ours)).toEqual(JSON.parse(theirs));
    await sh(`devreg images copy -q ${flags} ${REPOSITORY}:oci-all docker-daemon:one:${arch}
      skopeo ${flags} copy -q --src-tls-verify=false docker://${REPOSITORY}:oci-all docker-daemon:two:${arch}`);
    const [one, two] = (
      await sh(`docker image inspect --format '{{.Id}} {{.Architecture}}' one:${arch} two:${arch}`)
    ).split('\n');
    expect(one).toContain(arch);
    expect(one).toBe(two);
  });

  it('gets the one that is named, also to a pipe, and none where all were asked for', async () => {
    await sh(`devreg images copy --platform linux/arm64 ${REPOSITORY}:v2s2-all docker-archive:-:app:1 | docker load`);
    expect(await sh(`docker image inspect --format '{{.Architecture}}' app:1`)).toBe('arm64');
    const { output } = await fails(`devreg images copy --all ${REPOSITORY}:oci-all docker-archive:all.tar:app:1`);
    expect(output).toContain('code: MANIFEST_NOT_HELD');
    await fails(
      `skopeo copy -q --all --src-tls-verify=false docker://${REPOSITORY}:oci-all docker-archive:all.tar:app:1`,
    );
    const absent = await fails(`devreg images copy --override-arch s390x ${REPOSITORY}:oci-all docker-daemon:absent:1`);
    expect([absent.exitCode, absent.output]).toEqual([3, expect.stringContaining('It is there for linux/amd64')]);
  });
});

it('S3-23: signatures in a folder come along to another, file for file; elsewhere it is said that they do not', async () => {
  await sh(`skopeo copy -q --all --src-tls-verify=false docker://${REPOSITORY}:oci-all dir:signed
    child=$(basename $(ls signed/*.manifest.json | head -1) .manifest.json)
    for file in signature-1 signature-2 $child.signature-1; do printf '\\210words of %s' $file > signed/$file; done
    skopeo copy -q --all dir:signed dir:signed-theirs
    devreg images copy -q dir:signed dir:signed-ours
    diff -r signed-theirs signed-ours; test -e signed-ours/signature-2`);
  const { stderr } = await machine.sh(`$HOME/bin/devreg images copy dir:signed ${HOST}/signed/app:1`);
  expect(stderr).toContain('3 signatures stay behind in dir:signed: ');
});
