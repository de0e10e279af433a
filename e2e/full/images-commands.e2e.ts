/** `devreg images …` beside skopeo, crane and regctl: the same answers, the same bytes, each reading what the others wrote. */
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { buildImage } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { type ServedRegistry, newAccount, serveRegistry } from '../support/registry-process.ts';

/** The own registry, with TLS and a login; another with neither; Distribution. */
const OWN = 'localhost:5001';
const OTHER = 'localhost:5002';
const DISTRIBUTION = 'localhost:5003';
const REPOSITORY = `${OTHER}/team/both`;

let machine: Machine;
let other: ServedRegistry;

const withPath = (line: string) => `export PATH=$HOME/bin:$PATH\n${line}`;
const sh = async (line: string) => (await machine.sh(withPath(line))).stdout;
const fails = (line: string) => machine.fails(withPath(line));

beforeAll(async () => {
  machine = await openMachine({
    tools: ['buildah', 'crane', 'curl', 'docker-registry', 'jq', 'podman', 'regctl', 'regsync', 'script', 'skopeo'],
    names: ['registry.localtest.me'],
  });
  await machine.sh('mkdir -p $HOME/bin');
  await symlink(join(dirname(await buildProgram()), 'devreg.js'), join(machine.home, 'bin/devreg'));
  await sh('devreg create --provider process');
  other = machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5002'], flags: ['--tls off'] }));
  await serveDistribution();
  await sh(`regctl registry set ${OTHER} --tls disabled; regctl registry set ${DISTRIBUTION} --tls disabled`);
  await buildImage(machine, 'both:amd64', {
    layers: [300_000, 3_000],
    platform: 'linux/amd64',
    config: ['--label a=1', "--label 'markup=<b>&'", '--env GREETING=hello', '--cmd /layer-0', '--author somebody'],
  });
  await buildImage(machine, 'both:arm64', { layers: [200_000], platform: 'linux/arm64' });
  await buildImage(machine, 'docker:1', { layers: [100_000], format: 'docker', config: ['--label kind=v2s2'] });
  await sh(`buildah manifest create both:all localhost/both:amd64 localhost/both:arm64
    buildah manifest push -q --all --format oci --tls-verify=false both:all docker://${REPOSITORY}:all
    skopeo copy -q --dest-tls-verify=false containers-storage:localhost/both:amd64 docker://${REPOSITORY}:one
    skopeo copy -q --format v2s2 --dest-tls-verify=false containers-storage:localhost/docker:1 docker://${REPOSITORY}:docker
    echo about > about.txt
    regctl artifact put --subject ${REPOSITORY}:all --artifact-type text/plain -f about.txt`);
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** Debian's docker-registry, as it comes. */
async function serveDistribution(): Promise<void> {
  await machine.write(
    join(machine.folder, 'distribution.yml'),
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${machine.folder}/distribution}, delete: {enabled: true}}\nhttp: {addr: '127.0.0.1:5003'}\n`,
  );
  const running = machine.start('docker-registry serve distribution.yml');
  machine.guests.defer(async () => {
    running.kill();
    await running.finished;
  });
  await machine.sh(`until curl -fsS http://${DISTRIBUTION}/v2/; do sleep 0.1; done`);
}

const json = async (line: string) => JSON.parse(await sh(line)) as Record<string, unknown>;

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
      devreg images list-tags --tls-verify=false -o json docker://${REPOSITORY} > ours; cmp theirs ours`);
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

  it('leaves alone what is there, and refuses to convert', async () => {
    expect(await sh(`devreg images copy -n ${REPOSITORY}:docker @arm:1`)).toContain(
      'Left docker://localhost:5001/arm:1 alone',
    );
    expect((await fails(`devreg images copy --format oci ${REPOSITORY}:docker @oci:1`)).output).toContain(
      'code: FORMAT_DIFFERS',
    );
    await sh(`devreg images copy -q --format v2s2 --digestfile d ${REPOSITORY}:docker @v2s2:1 --additional-tag 2`);
    expect(await sh('cat d')).toBe((await sh('devreg images digest @v2s2:2')).trim());
  });

  it('needs a login where the registry wants one, from flags and files', async () => {
    const account = newAccount('writer');
    machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5004'], flags: ['--tls off'], account }));
    const copy = `devreg images copy -q ${REPOSITORY}:docker localhost:5004/mine:1`;
    const refused = await fails(copy);
    expect(refused).toMatchObject({ exitCode: 4 });
    await sh(`${copy} --dest-creds ${account.user}:${account.password}`);
    expect((await fails(`${copy}2 --dest-no-creds`)).exitCode).toBe(4);
    await machine.sh(`skopeo login --tls-verify=false -u ${account.user} --password-stdin localhost:5004`, {
      input: account.password,
    });
    await sh(`${copy}2`);
  });
});

describe('S0-30 S3-18: syncing', () => {
  const TAGS = Array.from({ length: 50 }, (_, index) => `v1.${index}.0`);

  beforeAll(async () => {
    await sh(`for tag in ${TAGS.join(' ')}; do crane tag ${REPOSITORY}:one $tag; done; crane copy ${REPOSITORY}:docker ${OTHER}/many/app:3
      for tag in ${TAGS.join(' ')}; do crane copy ${REPOSITORY}:$tag ${OTHER}/many/app:$tag; done`);
  });

  it('50 images into the own registry by a list, in one command, and nothing twice', async () => {
    await machine.write(
      join(machine.folder, 'images.txt'),
      `# all of them\n${TAGS.map((tag) => `${OTHER}/many/app:${tag}\n`).join('')}`,
    );
    expect((await sh('devreg images sync --dry-run -f images.txt')).split('\n')).toHaveLength(50);
    const rows = JSON.parse(await sh('devreg images sync -f images.txt -o json')) as readonly {
      outcome: string;
      bytes: number;
    }[];
    expect(rows.map(({ outcome }) => outcome)).toEqual(TAGS.map(() => 'copied'));
    // All are one image, copied several at a time.
    expect((await sh('devreg images list-tags @app')).trim().split('\n').toSorted()).toEqual(TAGS.toSorted());
    expect(await sh('devreg images digest @app:v1.49.0')).toBe(await sh(`crane digest ${REPOSITORY}:one`));
    const again = JSON.parse(await sh('devreg images sync -f images.txt -o json')) as readonly { bytes: number }[];
    expect(again.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(0);
  });

  it.each(['', '--scoped'])('to a folder as skopeo lays it out %s', async (scoped) => {
    await sh(`rm -rf theirs ours; mkdir theirs ours
      skopeo sync --src docker --dest dir --src-tls-verify=false ${scoped} ${REPOSITORY} theirs
      devreg images sync -q --multi-arch system --remove-signatures --src docker --dest dir --src-tls-verify=false ${scoped} ${REPOSITORY} ours
      diff -r theirs ours`);
  });

  it('from a folder into a registry, as skopeo does, and from its YAML', async () => {
    await sh(`mkdir -p medium; cat > sync.yaml <<END
${OTHER}:
  tls-verify: false
  images:
    team/both: [docker]
  images-by-tag-regex:
    many/app: ^v1[.]4.[.]0$
  images-by-semver:
    team/both: ">= 1.48.0, < 2"
END
      devreg images sync --src yaml --dest dir --scoped -q --digestfile digests sync.yaml medium; sort digests > d
      skopeo sync --src dir --dest docker --dest-tls-verify=false medium/${OTHER}/many ${OTHER}/theirs
      devreg images sync -q --src dir --dest docker medium/${OTHER}/many ${OTHER}/ours`);
    expect((await sh('cut -d" " -f2 digests')).trim().split('\n').toSorted()).toEqual(
      ['team/both:docker', ...TAGS.slice(40).map((tag) => `many/app:${tag}`), 'team/both:v1.48.0', 'team/both:v1.49.0']
        .map((name) => `dir:medium/${OTHER}/${name}`)
        .toSorted(),
    );
    expect(await sh(`crane ls ${OTHER}/ours/app`)).toBe(await sh(`crane ls ${OTHER}/theirs/app`));
  });

  it('as regsync does, by its file', async () => {
    const file = (target: string) => `version: 1
creds: [{registry: "${OTHER}", tls: disabled}]
defaults: {parallel: 2}
sync:
  - {source: "${OTHER}/many/app", target: "${OTHER}/${target}/app", type: repository, tags: {allow: ["v1[.].*"], deny: [".*[.]1.[.]0"]}}
  - {source: "${REPOSITORY}:all", target: "${OTHER}/${target}/both:x", type: image, platform: linux/arm64}
`;
    await machine.write(join(machine.folder, 'theirs.yml'), file('theirs-by-file'));
    await machine.write(join(machine.folder, 'ours.yml'), file('ours-by-file'));
    await sh('regsync once -c theirs.yml; devreg images sync -q -f ours.yml');
    const tags = await sh(`crane ls ${OTHER}/ours-by-file/app`);
    expect(tags.trim().split('\n')).toHaveLength(40);
    expect(tags).toBe(await sh(`crane ls ${OTHER}/theirs-by-file/app`));
    expect(await sh(`crane digest ${OTHER}/ours-by-file/both:x`)).toBe(
      await sh(`crane digest ${OTHER}/theirs-by-file/both:x`),
    );
  });

  it('goes on when an image is not there, and ends with 1', async () => {
    await machine.write(join(machine.folder, 'some.txt'), `${OTHER}/gone:1\n${REPOSITORY}:docker\n`);
    const { exitCode, stdout, stderr } = await fails('devreg images sync -f some.txt --keep-going -o json @some');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { outcome: 'failed', error: { code: 'IMAGE_NOT_FOUND' } },
      { outcome: 'copied' },
    ]);
    expect(stderr).toContain('SYNC_INCOMPLETE');
    expect((await fails('devreg images sync -f some.txt @other')).output).toContain('code: IMAGE_NOT_FOUND');
  });
});

describe('S3-03 S3-13: deleting and pruning', () => {
  it('deletes a tag alone, or the image with all its tags', async () => {
    await sh(`devreg images copy -q ${REPOSITORY}:docker @gone:1; devreg images tag @gone:1 2 3`);
    await sh('devreg images delete @gone:1');
    expect(await sh('devreg images tags @gone')).toBe('2\n3');
    expect(await sh('devreg images rm --digest @gone:2')).toContain('with the tags 2, 3');
    expect((await fails('devreg images inspect @gone:3')).exitCode).toBe(3);
  });

  it('asks at a terminal, and takes no for an answer', async () => {
    await sh(`devreg images copy -q ${REPOSITORY}:docker @asked:1`);
    const ask = (answer: string) =>
      machine.attempt(withPath('script -qec "devreg images delete @asked:1" /dev/null'), { input: `${answer}\n` });
    expect((await ask('n')).output).toContain('NOT_CONFIRMED');
    expect(await sh('devreg images tags @asked')).toBe('1');
    expect((await ask('y')).output).toContain('Deleted the tag localhost:5001/asked:1');
  });

  it('keeps the last ones, what they need, and what refers to them', async () => {
    await sh(`for n in 1 2 3 4; do
        printf "FROM scratch\\nLABEL n=$n\\n" | buildah build -q --timestamp $((1600000000 + n * 86400)) -t localhost/old:$n -
        skopeo copy -q --dest-tls-verify=false containers-storage:localhost/old:$n docker://${OTHER}/old/app:$n
        devreg images copy -q ${OTHER}/old/app:$n @old/app:$n
      done
      echo about > note; regctl artifact put --subject ${OTHER}/old/app:4 --artifact-type text/plain -f note
      devreg images copy -q ${OTHER}/old/app:4 @old/app:4; devreg images tag @old/app:1 one`);
    const dry = await sh("devreg images prune --keep-last 2 --repository 'old/*' --dry-run");
    expect(dry).toMatch(/^Would delete 3 tags of localhost:5001, .*B:\n {2}old\/app: 1, 2, one$/);
    expect((await fails("devreg images prune --keep-last 2 --repository 'old/*'")).output).toContain('NOT_CONFIRMED');
    await sh("devreg images prune --keep-last 2 --repository 'old/*' --yes");
    expect(await sh('devreg images tags @old/app')).toBe('3\n4');
    expect(await sh('devreg images verify @old/app')).toContain('all is well');
    await sh(
      `devreg images copy -q @old/app:4 ${OTHER}/pruned/app:4; regctl artifact tree ${OTHER}/pruned/app:4 | grep text/plain`,
    );
    expect(await sh('devreg images prune --older-than 3650d --dry-run')).toContain(
      'Nothing of localhost:5001 is to go',
    );
  });

  it('frees what has no tag', async () => {
    await sh(`devreg images copy -q ${REPOSITORY}:docker @loose:1; devreg images delete @loose:1`);
    const { stdout, stderr } = await machine.sh(withPath('devreg images prune --yes'));
    expect(stdout).toContain('Manifests without a tag go too.');
    expect(stderr).toMatch(/Removed [1-9]\d* manifests? without a tag|are kept|is kept/);
  });
});

describe('S3-24b: verifying', () => {
  it('finds a byte that is not what it was, and what is missing', async () => {
    await sh(`devreg images verify ${REPOSITORY}`);
    const layer = (await json(`crane manifest ${REPOSITORY}:docker`))['layers'] as readonly { digest: string }[];
    const hex = layer[0]?.digest.slice('sha256:'.length);
    await sh(
      `f=$(find ${other.dataDir}/blobs -name ${hex}); cp -p $f kept; printf X | dd of=$f conv=notrunc bs=1 seek=500 status=none`,
    );
    const { exitCode, stdout } = await fails(`devreg images verify ${REPOSITORY}:docker ${REPOSITORY}:one -o json`);
    expect(exitCode).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: readonly object[] };
    expect(findings).toMatchObject([{ image: `${REPOSITORY}:docker`, digest: `sha256:${hex}` }]);
    const copy = await fails(`devreg images copy ${REPOSITORY}:docker ${DISTRIBUTION}/damaged:1`);
    expect(copy.output).toContain('code: CONTENT_WRONG');
    await fails(`devreg images digest ${DISTRIBUTION}/damaged:1`);
    await fails(`devreg images copy ${REPOSITORY}:docker oci-archive:damaged.tar:1`);
    await sh(
      `test ! -e damaged.tar; f=$(find ${other.dataDir}/blobs -name ${hex}); cat kept > $f; devreg images verify --fast ${REPOSITORY}`,
    );
  });
});
