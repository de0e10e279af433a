/** The notes on registries and skopeo (S3), with their own names: every one of them is the same registry here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { buildFedora, digestOf, exportLayout } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { type ServedRegistry, newAccount, serveRegistry } from '../support/registry-process.ts';

const REG = 'registry.fedoraproject.org';
const NAMES = [REG, 'quay.io', 'registry.internal.company.com', 'registry.example.com', 'myregistrydomain.com'];
const account = newAccount('giteaAdmin');

let machine: Machine;
let registry: ServedRegistry;
let env: Record<string, string>;

/** With the shell variables of the notes, and the CA where curl looks. */
const sh = (line: string, input = '') => machine.sh(line, { env, input });

beforeAll(async () => {
  machine = await openMachine({ tools: ['buildah', 'curl', 'jq', 'openssl', 'podman', 'skopeo'], names: NAMES });
  const pair = await makeCertificate(machine, NAMES);
  env = { REG, REPO: `https://${REG}`, CURL_CA_BUNDLE: pair.ca, USERPASS: `${account.user}:${account.password}` };
  const folders = [...NAMES, 'myregistrydomain.com:5000'].map((name) => `$HOME/.config/containers/certs.d/${name}`);
  await machine.sh(folders.map((folder) => `install -D ${pair.ca} ${folder}/ca.crt`).join('\n'));
  registry = await serveRegistry(machine, {
    listen: ['127.0.0.1:443', '127.0.0.1:5000'],
    flags: [`--tls-cert ${pair.cert}`, `--tls-key ${pair.key}`],
    account,
  });
  machine.guests.use(registry);
  await buildFedora(machine);
  const push = (tag: string) =>
    `skopeo copy -q --dest-creds $USERPASS containers-storage:localhost/fedora:${tag} docker://$REG/fedora:${tag}`;
  await sh(
    `${push('latest')}\n${push('34-aarch64')}\nskopeo copy -q --dest-creds $USERPASS docker://$REG/fedora:latest docker://$REG/fedora:34-ppc64le`,
  );
});

afterAll(() => machine?.[Symbol.asyncDispose]());

describe('asking the registry', () => {
  it('S3-04 S3-20: lists its repositories, anonymously and with Basic credentials', async () => {
    const { stdout } = await sh('curl --silent -X GET ${REPO}/v2/_catalog | jq .repositories');
    expect(JSON.parse(stdout)).toEqual(['fedora']);
    expect((await sh('curl --silent -u $USERPASS -X GET ${REPO}/v2/_catalog | jq .repositories')).stdout).toBe(stdout);
    expect(
      (await sh('curl --silent -u giteaAdmin:wrong -o /dev/null -w "%{http_code}" ${REPO}/v2/_catalog')).stdout,
    ).toBe('401');
  });

  it('S3-04 S3-21: lists the tags of one, and says when there is none', async () => {
    const { stdout } = await sh('curl --silent -X GET ${REPO}/v2/fedora/tags/list | jq .');
    expect(JSON.parse(stdout)).toEqual({ name: 'fedora', tags: ['34-aarch64', '34-ppc64le', 'latest'] });
    const unknown = await sh('curl --silent -w "\\n%{http_code}" ${REPO}/v2/suse/tags/list');
    expect(unknown.stdout).toMatch(/"code":"NAME_UNKNOWN"[^]*\n404$/);
  });

  it('S3-17: gives skopeo its tags', async () => {
    const { stdout } = await sh('skopeo list-tags docker://${REG}/fedora');
    expect(JSON.parse(stdout)).toEqual({ Repository: `${REG}/fedora`, Tags: ['34-aarch64', '34-ppc64le', 'latest'] });
  });

  it('S3-15: lets skopeo inspect an image', async () => {
    const { stdout } = await sh('skopeo inspect docker://registry.fedoraproject.org/fedora:latest');
    const raw = await sh(
      'skopeo inspect --raw docker://registry.fedoraproject.org/fedora:latest > raw; sha256sum < raw',
    );
    // skopeo prints LayersData from the same manifest, since 1.10.
    expect(JSON.parse(stdout)).toMatchObject({
      Name: 'registry.fedoraproject.org/fedora',
      Digest: `sha256:${raw.stdout.split(' ')[0]}`,
      RepoTags: ['34-aarch64', '34-ppc64le', 'latest'],
      Created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      DockerVersion: expect.any(String),
      Labels: { license: 'MIT', name: 'fedora' },
      Architecture: 'amd64',
      Os: 'linux',
      Layers: [expect.stringMatching(/^sha256:/), expect.stringMatching(/^sha256:/)],
      Env: expect.arrayContaining(['FGC=f37', 'container=oci']),
    });
  });

  it('S3-16: lets skopeo inspect a configuration', async () => {
    const { stdout } = await sh(
      'skopeo inspect --config \\\n   docker://registry.fedoraproject.org/fedora:latest | \\\n   jq .',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      config: { Env: expect.arrayContaining(['FGC=f37']), Cmd: ['/bin/bash'] },
      rootfs: { type: 'layers', diff_ids: [expect.stringMatching(/^sha256:/), expect.stringMatching(/^sha256:/)] },
      history: expect.arrayContaining([expect.objectContaining({ created: expect.any(String) })]),
    });
  });

  it('S3-19: agrees with skopeo about the digest of a manifest', async () => {
    const { stdout } = await sh(
      'skopeo manifest-digest raw; curl -fsS -I -H "Accept: */*" $REPO/v2/fedora/manifests/latest',
    );
    const [digest, ...head] = stdout.split('\n');
    expect(head.map((line) => line.trim().toLowerCase())).toContain(`docker-content-digest: ${digest}`);
  });
});

describe('credentials', () => {
  it('S3-22: are remembered by skopeo login and forgotten by skopeo logout', async () => {
    const push =
      'skopeo copy -q containers-storage:localhost/fedora:34-aarch64 docker://myregistrydomain.com:5000/mine';
    expect((await machine.fails(push)).output).toContain('unauthorized: authentication required');
    const { output } = await sh(
      `skopeo login --username ${account.user} --password-stdin myregistrydomain.com:5000`,
      account.password,
    );
    expect(output).toContain('Login Succeeded!');
    expect((await sh(`skopeo login --get-login myregistrydomain.com:5000`)).stdout).toBe(account.user);
    await sh(push);
    expect((await sh('skopeo logout myregistrydomain.com:5000')).output).toContain(
      'Removed login credentials for myregistrydomain.com:5000',
    );
    expect((await machine.fails(push.replace('/mine', '/other'))).output).toContain(
      'unauthorized: authentication required',
    );
  });

  it('S3-22: are asked for at a terminal', async () => {
    const { output } = await sh(
      `script -qec "skopeo login \${REG}" /dev/null`,
      `${account.user}\n${account.password}\n`,
    );
    expect(output).toMatch(/Username: [^]*Password: [^]*Login Succeeded!/);
    await sh('skopeo logout ${REG}');
  });

  it('S3-22: may be given with --creds instead', async () => {
    await sh(
      'skopeo copy -q --dest-creds=$USERPASS docker://$REG/fedora:latest docker://myregistrydomain.com:5000/other',
    );
    await machine.fails(
      'skopeo copy -q --dest-creds=giteaAdmin:wrong docker://registry.fedoraproject.org/fedora:latest docker://myregistrydomain.com:5000/other',
    );
  });
});

describe('copying', () => {
  beforeAll(async () => {
    await sh(
      `skopeo login --username ${account.user} --password-stdin registry.internal.company.com`,
      account.password,
    );
    await sh('skopeo copy -q --dest-creds $USERPASS docker://$REG/fedora:latest docker://quay.io/buildah/stable');
    await sh(
      'for tag in 1.0 1.1; do skopeo copy -q --dest-creds $USERPASS docker://$REG/fedora:34-aarch64 docker://registry.example.com/busybox:$tag; done',
    );
  });

  it('S3-11: from one registry to another', async () => {
    await sh('skopeo copy \\\n  docker://quay.io/buildah/stable  \\\n  docker://registry.internal.company.com/buildah');
    const digest = (name: string) => sh(`skopeo inspect --format '{{.Digest}}' docker://${name}`);
    expect((await digest('registry.internal.company.com/buildah')).stdout).toBe(
      (await digest('quay.io/buildah/stable')).stdout,
    );
  });

  it('S3-12: into a directory and out of a layout, to the byte', async () => {
    await exportLayout(machine, 'fedora:34-aarch64', 'busybox_ocilayout');
    await sh('mkdir existingemptydirectory\nskopeo copy oci:busybox_ocilayout:sample dir:existingemptydirectory');
    await sh('skopeo copy --dest-creds $USERPASS dir:existingemptydirectory docker://quay.io/from/dir');
    const { stdout } = await sh(
      'skopeo manifest-digest existingemptydirectory/manifest.json; skopeo inspect --raw docker://quay.io/from/dir > back; skopeo manifest-digest back',
    );
    expect(new Set(stdout.split('\n')).size).toBe(1);
  });

  it('S3-18: all tags of a repository to a medium', async () => {
    await sh(
      'mkdir -p /media/usb\nskopeo sync \\\n  --src docker \\\n  --dest dir registry.example.com/busybox /media/usb',
    );
    const { stdout } = await sh(
      'ls /media/usb; for tag in 1.0 1.1; do skopeo manifest-digest /media/usb/busybox:$tag/manifest.json; skopeo inspect --format "{{.Digest}}" docker://registry.example.com/busybox:$tag; done',
    );
    const [first, second, ...digests] = stdout.split('\n');
    expect([first, second]).toEqual(['busybox:1.0', 'busybox:1.1']);
    expect(new Set(digests).size).toBe(1);
  });
});

describe('both kinds of images', () => {
  const types = {
    'Docker v2 schema 2': {
      format: 'v2s2',
      image: 'application/vnd.docker.distribution.manifest.v2+json',
      list: 'application/vnd.docker.distribution.manifest.list.v2+json',
    },
    OCI: {
      format: 'oci',
      image: 'application/vnd.oci.image.manifest.v1+json',
      list: 'application/vnd.oci.image.index.v1+json',
    },
  };

  it.each(Object.entries(types))('S3-24: keeps an image of %s as it came', async (_, { format, image }) => {
    await sh(`skopeo copy -q --format ${format} containers-storage:localhost/fedora:latest dir:sent-${format}
      skopeo copy -q --preserve-digests --dest-creds $USERPASS dir:sent-${format} docker://$REG/kinds:${format}`);
    await expectSame(`sent-${format}/manifest.json`, `kinds/manifests/${format}`, image);
  });

  it.each(Object.entries(types))('S3-24: keeps a list of %s as it came', async (_, { format, list }) => {
    await sh(`
      buildah manifest create several-${format} localhost/fedora:latest localhost/fedora:34-aarch64
      buildah manifest push -q --all --format ${format} several-${format} dir:sent-list-${format}
      skopeo copy -q --all --preserve-digests --dest-creds $USERPASS dir:sent-list-${format} docker://$REG/kinds:list-${format}`);
    await expectSame(`sent-list-${format}/manifest.json`, `kinds/manifests/list-${format}`, list);
  });

  async function expectSame(file: string, path: string, type: string): Promise<void> {
    const { stdout } = await sh(
      `curl -fsS -o got -w '%{content_type}' -H 'Accept: ${type}' $REPO/v2/${path}; cmp ${file} got`,
    );
    expect(stdout).toBe(type);
  }
});

describe('tampering and deleting', () => {
  it('S3-24b: refuses a blob that is not what its digest says', async () => {
    const digest = digestOf('what it should be');
    const answer = await sh(
      `curl -sS -w '\\n%{http_code}' -u $USERPASS -X POST --data-binary 'what it is' -H 'Content-Type: application/octet-stream' "$REPO/v2/tampered/blobs/uploads/?digest=${digest}"`,
    );
    expect(answer.stdout).toMatch(/"code":"DIGEST_INVALID"[^]*\n400$/);
    expect((await sh(`curl -sS -o /dev/null -w '%{http_code}' $REPO/v2/tampered/blobs/${digest}`)).stdout).toBe('404');
  });

  it('S3-24b: refuses a manifest that is not what its digest says, and one whose blobs are not there', async () => {
    const put = (reference: string) =>
      sh(
        `curl -sS -w '\\n%{http_code}' -u $USERPASS -X PUT --data-binary @raw -H "Content-Type: $(jq -r .mediaType raw)" $REPO/v2/tampered/manifests/${reference}`,
      );
    expect((await put(digestOf('another'))).stdout).toMatch(/"code":"DIGEST_INVALID"[^]*\n400$/);
    const incomplete = await put('latest');
    expect(incomplete.stdout).toMatch(/\n400$/);
    const body = JSON.parse(incomplete.stdout.split('\n')[0] ?? '') as { errors: { code: string }[] };
    expect(new Set(body.errors.map(({ code }) => code))).toEqual(new Set(['MANIFEST_BLOB_UNKNOWN']));
  });

  it("S3-24b: is noticed by skopeo when the registry's own disk lies", async () => {
    const layer = '$(jq -r ".layers[0].digest" raw | cut -d: -f2)';
    const file = `${registry.dataDir}/blobs`;
    await sh(
      `f=$(find ${file} -name ${layer}); test -f $f; cp -p $f kept; printf X | dd of=$f conv=notrunc bs=1 seek=1000 status=none`,
    );
    const { output } = await machine.fails(`skopeo copy docker://${REG}/fedora:latest oci:tampered:1`);
    expect(output).toMatch(/digest|checksum/i);
    await sh(
      `f=$(find ${file} -name ${layer}); cat kept > $f; skopeo copy -q docker://${REG}/fedora:latest oci:whole:1`,
    );
  });

  it('S3-13: deletes what a tag names, for those who may', async () => {
    expect((await machine.fails(`skopeo delete docker://${REG}/fedora:34-aarch64`)).output).toMatch(
      /unauthorized|authentication required/i,
    );
    await sh(`skopeo login --username ${account.user} --password-stdin \${REG}`, account.password);
    const mark = await registry.mark();
    await sh('skopeo delete \\\n  docker://${REG}/fedora:34-aarch64');
    const deletes = (await registry.requests(mark)).filter(({ method }) => method === 'DELETE');
    expect(deletes).toMatchObject([
      { path: expect.stringMatching(/^\/v2\/fedora\/manifests\/sha256:[0-9a-f]{64}$/), status: 202 },
    ]);
    expect(JSON.parse((await sh('skopeo list-tags docker://${REG}/fedora')).stdout)).toMatchObject({
      Tags: ['34-ppc64le', 'latest'],
    });
    await machine.fails(`skopeo inspect docker://${REG}/fedora:34-aarch64`);
  });
});
