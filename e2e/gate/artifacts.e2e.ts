/** What is in registries besides plain images: several platforms, artifacts about images, signatures, charts. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastDigest } from '../support/clients.ts';
import { buildImage, exportLayout } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { serveRegistry } from '../support/registry-process.ts';

const HOST = 'localhost:5001';
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';

let machine: Machine;

beforeAll(async () => {
  machine = await openMachine({ tools: ['buildah', 'crane', 'curl', 'helm', 'jq', 'podman', 'regctl', 'skopeo'] });
  machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls off'] }));
  await buildImage(machine, 'several:amd64', { layers: [50_000, 700], platform: 'linux/amd64' });
  await buildImage(machine, 'several:arm64', { layers: [60_000], platform: 'linux/arm64' });
  await machine.sh(`regctl registry set ${HOST} --tls disabled`);
});

afterAll(() => machine?.[Symbol.asyncDispose]());

const digestAt = async (reference: string) =>
  lastDigest((await machine.sh(`crane digest ${HOST}/${reference}`)).stdout);

describe('an image for several platforms', () => {
  let pushed: string;

  it('is pushed by buildah as one', async () => {
    await machine.sh('buildah manifest create several:all localhost/several:amd64 localhost/several:arm64');
    await machine.sh(
      `buildah manifest push --all --tls-verify=false --digestfile index-digest several:all docker://${HOST}/team/several:1`,
    );
    pushed = (await machine.sh('cat index-digest')).stdout.trim();
    expect(await digestAt('team/several:1')).toBe(pushed);
    const { stdout } = await machine.sh(
      `crane manifest ${HOST}/team/several:1 | jq -c '[.manifests[].platform.architecture] | sort'`,
    );
    expect(stdout).toBe('["amd64","arm64"]');
  });

  it.each([
    ['skopeo', 'skopeo copy --all --src-tls-verify=false --dest-tls-verify=false docker://SRC docker://DST'],
    ['crane', 'crane copy SRC DST'],
    ['regctl', 'regctl image copy SRC DST'],
  ])('keeps its digest when %s copies it whole', async (client, line) => {
    await machine.sh(line.replace('SRC', `${HOST}/team/several:1`).replace('DST', `${HOST}/copies/${client}:1`));
    expect(await digestAt(`copies/${client}:1`)).toBe(pushed);
  });

  it('is put together by crane from images that are there', async () => {
    await machine.sh(`crane index append -m ${HOST}/team/several@$(crane digest --platform linux/amd64 ${HOST}/team/several:1) \\
      -m ${HOST}/team/several@$(crane digest --platform linux/arm64 ${HOST}/team/several:1) -t ${HOST}/team/several:crane`);
    const { stdout } = await machine.sh(
      `crane manifest ${HOST}/team/several:crane | jq -c '[.manifests[].platform.architecture] | sort'`,
    );
    expect(stdout).toBe('["amd64","arm64"]');
  });

  it.each(['amd64', 'arm64'])('gives podman the image for %s', async (arch) => {
    const reference = `${HOST}/team/several:1`;
    const { stdout } = await machine.sh(
      `podman pull -q --tls-verify=false --arch ${arch} ${reference}; podman image inspect --format '{{.Architecture}}' ${reference}; podman rmi ${reference}`,
    );
    expect(stdout.split('\n')[1]).toBe(arch);
  });
});

describe('artifacts about an image', () => {
  let subject: string;

  beforeAll(async () => {
    const layout = await exportLayout(machine, 'several:amd64', 'subject');
    await machine.sh(`regctl image copy ocidir://${layout} ${HOST}/team/app:1`);
    subject = await digestAt('team/app:1');
  });

  it('are listed by regctl as referrers, by their type', async () => {
    await machine.write(join(machine.folder, 'sbom.json'), '{"bomFormat":"CycloneDX"}');
    const put = (type: string) =>
      `regctl artifact put --subject ${HOST}/team/app:1 --artifact-type ${type} --annotation made=here -f sbom.json`;
    await machine.sh(`${put('application/vnd.cyclonedx+json')}\n${put('application/vnd.example.report')}`);
    const list = await machine.sh(
      `regctl artifact list ${HOST}/team/app:1 --format '{{range .Descriptors}}{{println .ArtifactType}}{{end}}'`,
    );
    expect(list.stdout.trim().split('\n').toSorted()).toEqual([
      'application/vnd.cyclonedx+json',
      'application/vnd.example.report',
    ]);
    const some = await machine.sh(
      `regctl artifact list ${HOST}/team/app:1 --filter-artifact-type application/vnd.example.report --format '{{len .Descriptors}}'`,
    );
    expect(some.stdout.trim()).toBe('1');
  });

  it('come from the referrers API, without a tag in their stead', async () => {
    const { stdout } = await machine.sh(`curl -fsS ${HOST}/v2/team/app/referrers/${subject}`);
    expect(JSON.parse(stdout)).toMatchObject({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ annotations: { made: 'here' } }, { annotations: { made: 'here' } }],
    });
    expect((await machine.sh(`regctl tag ls ${HOST}/team/app`)).stdout).toBe('1');
  });

  it('are given back to the byte', async () => {
    const { stdout } = await machine.sh(
      `regctl artifact get --subject ${HOST}/team/app:1 --filter-artifact-type application/vnd.cyclonedx+json`,
    );
    expect(stdout).toBe('{"bomFormat":"CycloneDX"}');
  });

  it('go along when regctl copies the image with its referrers', async () => {
    await machine.sh(`regctl image copy --referrers ${HOST}/team/app:1 ${HOST}/moved/app:1`);
    const { stdout } = await machine.sh(
      `curl -fsS ${HOST}/v2/moved/app/referrers/${subject} | jq '.manifests | length'`,
    );
    expect(stdout).toBe('2');
  });

  it('S3-23: as a sigstore signature under its tag, go along when skopeo copies', async () => {
    const tag = `${subject.replace(':', '-')}.sig`;
    const payload = JSON.stringify({
      critical: {
        identity: { 'docker-reference': `${HOST}/team/app` },
        image: { 'docker-manifest-digest': subject },
        type: 'cosign container image signature',
      },
      optional: null,
    });
    await machine.write(join(machine.folder, 'payload.json'), payload);
    await machine.sh(`regctl artifact put --config-type application/vnd.oci.image.config.v1+json --config-file <(echo '{"architecture":"","os":"","rootfs":{"type":"layers","diff_ids":[]},"config":{}}') \\
      --file payload.json --file-media-type ${SIMPLE_SIGNING} ${HOST}/team/app:${tag}`);
    const sign = `jq -c '.layers[0].annotations = {"dev.cosignproject.cosign/signature":"MEUCIQ=="}'`;
    await machine.sh(
      `regctl manifest get --format raw-body ${HOST}/team/app:${tag} | ${sign} | regctl manifest put --content-type application/vnd.oci.image.manifest.v1+json ${HOST}/team/app:${tag}`,
    );
    await machine.write(
      '/etc/containers/registries.d/sigstore.yaml',
      `docker:\n  ${HOST}:\n    use-sigstore-attachments: true\n`,
    );
    await machine.sh(
      `skopeo copy --src-tls-verify=false --dest-tls-verify=false docker://${HOST}/team/app:1 docker://${HOST}/signed/app:1`,
    );
    expect((await machine.sh(`crane ls ${HOST}/signed/app`)).stdout.split('\n').toSorted()).toEqual(['1', tag]);
    const { stdout } = await machine.sh(
      `crane blob ${HOST}/signed/app@$(crane manifest ${HOST}/signed/app:${tag} | jq -r '.layers[0].digest')`,
    );
    expect(JSON.parse(stdout)).toEqual(JSON.parse(payload));
  });
});

it('a chart: is pushed, shown and pulled by helm without anything else, to the byte', async () => {
  await machine.write(
    join(machine.folder, 'chart/Chart.yaml'),
    'apiVersion: v2\nname: notes\ndescription: A chart.\nversion: 1.2.3+build.4\n',
  );
  await machine.write(
    join(machine.folder, 'chart/templates/note.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note}\n',
  );
  const { output } = await machine.sh(
    `helm package chart; helm push notes-1.2.3+build.4.tgz oci://${HOST}/charts --plain-http`,
  );
  expect(output).toContain(`Pushed: ${HOST}/charts/notes:1.2.3_build.4`);
  const shown = await machine.sh(`helm show chart oci://${HOST}/charts/notes --version 1.2.3+build.4 --plain-http`);
  expect(shown.stdout).toContain('description: A chart.');
  const pulled = await machine.sh(
    `mkdir back; helm pull oci://${HOST}/charts/notes --version 1.2.3+build.4 --plain-http -d back; cmp back/*.tgz notes-1.2.3+build.4.tgz`,
  );
  expect(lastDigest(pulled.output)).toBe(lastDigest(output));
  const template = await machine.sh(`helm template oci://${HOST}/charts/notes --version 1.2.3+build.4 --plain-http`);
  expect(template.stdout).toContain('kind: ConfigMap');
});
