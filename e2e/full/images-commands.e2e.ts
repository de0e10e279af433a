/** `devreg images …` beside skopeo, crane and regctl: the same answers, the same bytes, each reading what the others wrote. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISTRIBUTION, type ImageShell, OTHER, OWN, REPOSITORY, openImageShell } from '../support/image-shell.ts';
import { newAccount, serveRegistry } from '../support/registry-process.ts';

let shell: ImageShell;

beforeAll(async () => {
  shell = await openImageShell();
});

afterAll(() => shell?.[Symbol.asyncDispose]());

const sh = (lines: string) => shell.sh(lines);
const json = (line: string) => shell.json(line);
const fails = (lines: string) => shell.fails(lines);

describe('S3-15 S3-16 S3-17: what is told of images is what skopeo tells', () => {
  it.each(['one', 'all', 'docker'])('inspect, of :%s', async (tag) => {
    const name = `docker://${REPOSITORY}:${tag}`;
    const [theirs, ours] = [
      await json(`skopeo inspect --tls-verify=false ${name}`),
      await json(`devreg images inspect --tls-verify=false ${name}`),
    ];
    // skopeo has LayersData since 1.10; they are what the manifest says of its layers.
    const { LayersData: layers, ...rest } = ours;
    const { LayersData: _theirs, ...expected } = theirs;
    expect(rest).toEqual(expected);
    expect(Object.keys(rest)).toEqual(Object.keys(expected));
    const manifest = await json(`crane manifest --platform linux/amd64 ${REPOSITORY}:${tag}`);
    const described = (manifest['layers'] as readonly Record<string, unknown>[]).map((layer) => ({
      MIMEType: layer['mediaType'],
      Digest: layer['digest'],
      Size: layer['size'],
      Annotations: null,
    }));
    expect(layers).toEqual(described);
  });

  it.each([
    `inspect --config docker://${REPOSITORY}:one`,
    `inspect --config docker://${REPOSITORY}:docker`,
    `inspect --config docker://${REPOSITORY}:all`,
    `inspect --raw docker://${REPOSITORY}:all`,
    `inspect --raw --config docker://${REPOSITORY}:one`,
    `inspect --format '{{.Name}} {{.Digest}} {{.Labels}} {{.Env}}' docker://${REPOSITORY}:one`,
  ])('to the byte: %s', async (words) => {
    await sh(
      `skopeo ${words} --tls-verify=false > theirs; devreg images ${words} --tls-verify=false > ours; cmp theirs ours`,
    );
  });

  it('list-tags', async () => {
    await sh(`skopeo list-tags --tls-verify=false docker://${REPOSITORY} > theirs
      devreg images list-tags --insecure -o json docker://${REPOSITORY} > ours; cmp theirs ours`);
    expect((await sh(`devreg images list-tags ${REPOSITORY}`)).split('\n')).toEqual(
      (await sh(`crane ls ${REPOSITORY}`)).split('\n'),
    );
  });

  it('digest, as crane and regctl have it, and of a file', async () => {
    const ours = await sh(`devreg images digest ${REPOSITORY}:all`);
    expect(ours).toBe(await sh(`crane digest ${REPOSITORY}:all`));
    expect(ours).toBe(await sh(`regctl image digest ${REPOSITORY}:all`));
    await sh(`skopeo inspect --raw --tls-verify=false docker://${REPOSITORY}:one > manifest`);
    expect(await sh('devreg images digest --manifest manifest')).toBe(await sh('skopeo manifest-digest manifest'));
  });
});

describe('S3-12: what is copied is what skopeo copies', () => {
  it.each(['one', 'docker'])('to dir:, of :%s, file for file', async (tag) => {
    await sh(`skopeo copy -q --src-tls-verify=false docker://${REPOSITORY}:${tag} dir:theirs-${tag}
      devreg images copy -q --src-tls-verify=false docker://${REPOSITORY}:${tag} dir:ours-${tag}
      diff -r theirs-${tag} ours-${tag}`);
  });

  it.each(['oci', 'oci-archive'])('to %s:, digest for digest; each reads the other', async (kind) => {
    await sh(`mkdir ${kind}; cd ${kind}
      skopeo copy -q --all --src-tls-verify=false docker://${REPOSITORY}:all ${kind}:theirs:1
      devreg images copy -q --remove-signatures --src-tls-verify=false docker://${REPOSITORY}:all ${kind}:ours:1
      skopeo inspect --raw ${kind}:ours:1 > a; devreg images inspect --raw ${kind}:theirs:1 > b; cmp a b
      test "$(devreg images digest ${kind}:ours:1)" = "$(crane digest ${REPOSITORY}:all)"
      skopeo copy -q --all --dest-tls-verify=false ${kind}:ours:1 docker://${OTHER}/read/skopeo-${kind}:1
      devreg images copy -q ${kind}:theirs:1 @read/devreg-${kind}:1
      test "$(devreg images digest @read/devreg-${kind}:1)" = "$(crane digest ${OTHER}/read/skopeo-${kind}:1)"`);
    if (kind === 'oci') await sh('cd oci; diff <(ls theirs/blobs/sha256) <(ls ours/blobs/sha256)');
  });

  it('to an archive that podman loads', async () => {
    await sh(`devreg images copy -q ${REPOSITORY}:all @exported:1
      devreg images export @exported:1 ${REPOSITORY}:docker -o several.tar
      podman load -qi several.tar; podman image exists ${OWN}/exported:1; podman image exists ${REPOSITORY}:docker
      devreg images export ${REPOSITORY}:docker --compress zstd | devreg images import - @zstd:1`);
    expect(await sh('devreg images digest @zstd:1')).toBe(await sh(`crane digest ${REPOSITORY}:docker`));
  });

  it.each([OWN, DISTRIBUTION])('S3-11: to %s with all platforms and referrers, and back', async (host) => {
    const out = await json(`devreg images copy -o json ${REPOSITORY}:all ${host}/copied/both:1 | jq '.[0]'`);
    expect(out).toMatchObject({
      outcome: 'copied',
      manifests: 4,
      digest: (await sh(`crane digest ${REPOSITORY}:all`)).trim(),
    });
    const referrers =
      host === OWN ? `regctl artifact tree ${REPOSITORY}:all` : `regctl artifact tree ${host}/copied/both:1`;
    expect(await sh(referrers)).toContain('text/plain');
    await sh(`devreg images copy -q ${host}/copied/both:1 ${OTHER}/back/${host.slice(-4)}:1
      crane validate --remote ${OTHER}/back/${host.slice(-4)}:1
      regctl artifact tree ${OTHER}/back/${host.slice(-4)}:1 | grep text/plain`);
    const again = await json(`devreg images copy -o json ${REPOSITORY}:all ${host}/copied/both:1 | jq '.[0]'`);
    expect(again).toMatchObject({ bytes: 0, blobs: { copied: 0 } });
  });

  it('of one platform, the image alone, as crane does', async () => {
    await sh(`devreg images copy -q --platform linux/arm64 ${REPOSITORY}:all @arm:1`);
    expect(await sh('devreg images digest @arm:1')).toBe(
      await sh(`crane digest --platform linux/arm64 ${REPOSITORY}:all`),
    );
    const { output } = await fails(`devreg images copy ${REPOSITORY}:all @none:1 --platform linux/s390x`);
    expect(output).toContain('code: PLATFORM_ABSENT');
    await fails('devreg images digest @none:1');
  });

  it('to and from podman, as an engine', async () => {
    await sh(
      'devreg images push -q --engine podman localhost/both:arm64 localhost/docker:1; devreg images pull -q --engine podman docker:1',
    );
    await sh(`podman image exists ${OWN}/docker:1`);
    const id = await sh("podman image inspect --format '{{.Id}}' localhost/both:arm64");
    expect(`sha256:${id.trim()}`).toBe(
      await sh('devreg images inspect --raw @both:arm64 | jq -r .config.digest').then((text) => text.trim()),
    );
  });

  it('leaves alone what is there, and gives more tags', async () => {
    expect(await sh(`devreg images copy -n ${REPOSITORY}:docker @arm:1`)).toContain(
      'Left docker://localhost:5001/arm:1 alone',
    );
    await sh(`devreg images copy -q --format v2s2 --digestfile d ${REPOSITORY}:docker @v2s2:1 --additional-tag 2`);
    expect(await sh('cat d')).toBe((await sh('devreg images digest @v2s2:2')).trim());
  });

  it('needs a login where the registry wants one, from flags and files', async () => {
    const account = newAccount('writer');
    shell.machine.guests.use(
      await serveRegistry(shell.machine, { listen: ['127.0.0.1:5004'], flags: ['--tls off'], account }),
    );
    const copy = `devreg images copy -q ${REPOSITORY}:docker localhost:5004/mine:1`;
    const refused = await fails(copy);
    expect(refused).toMatchObject({ exitCode: 4 });
    await sh(`${copy} --dest-creds ${account.user}:${account.password}`);
    expect((await fails(`${copy}2 --dest-no-creds`)).exitCode).toBe(4);
    await shell.machine.sh(`skopeo login --tls-verify=false -u ${account.user} --password-stdin localhost:5004`, {
      input: account.password,
    });
    await sh(`${copy}2`);
  });
});
