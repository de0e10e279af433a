/** The notes on registries and skopeo (S3), block by block; what skopeo does, devreg does after it. */
import { createWriteStream } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureRegistryImage } from '../../../src/image/registry-image.ts';
import { createRunner } from '../../../src/process/execa-runner.ts';
import { buildProgram } from '../../support/build.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { startDocker } from '../../support/engine.ts';
import { buildFedora, exportLayout } from '../../support/images.ts';
import { type Machine, openMachine } from '../../support/machine.ts';
import { newAccount, serveRegistry } from '../../support/registry-process.ts';
import { createReplay } from '../replay.ts';
import { BLOCKS } from './blocks.ts';
import { NOT_RUN, SUBSTITUTIONS } from './substitutions.ts';

/** Every registry of the notes with a certificate; Docker Hub's own name leads to it as well. */
const HOSTS = [
  'registry.fedoraproject.org',
  'quay.io',
  'registry.internal.company.com',
  'registry.example.com',
  'myregistrydomain.com',
  'registry-1.docker.io',
];
const account = newAccount('giteaAdmin');
const replay = createReplay(BLOCKS, SUBSTITUTIONS, NOT_RUN);
const ROOT = join(import.meta.dirname, '../../..');

let machine: Machine;
/** What a registry is given to have the certificate. */
let flags: readonly string[];

beforeAll(async () => {
  machine = await openMachine({
    tools: ['buildah', 'curl', 'docker', 'dockerd', 'jq', 'openssl', 'podman', 'script', 'skopeo'],
    names: [...HOSTS, 'server01'],
  });
  await machine.sh('mkdir -p $HOME/bin');
  await symlink(join(dirname(await buildProgram()), 'devreg.js'), join(machine.home, 'bin/devreg'));
  const pair = await makeCertificate(machine, HOSTS);
  // The engine takes Docker Hub's certificate as the system does.
  await machine.sh(`cat ${pair.ca} >> /etc/ssl/certs/ca-certificates.crt`);
  const folders = [...HOSTS, 'docker.io', 'myregistrydomain.com:5000'].map(
    (name) => `$HOME/.config/containers/certs.d/${name}`,
  );
  await machine.sh(folders.map((folder) => `install -D ${pair.ca} ${folder}/ca.crt`).join('\n'));
  await startDocker(machine);
  flags = [`--tls-cert ${pair.cert}`, `--tls-key ${pair.key}`];
  machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:443'], flags, account }));
  await loadRegistryImage();
  await fillRegistries();
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** The registry's image under the name of the notes. */
async function loadRegistryImage(): Promise<void> {
  const made = await ensureRegistryImage({
    version: '0.0.0-replay',
    cacheFolder: join(machine.folder, 'cache'),
    packageFolder: ROOT,
    node: { path: process.execPath, platform: process.platform, architecture: process.arch },
    runner: createRunner(process.env),
  });
  const archive = join(machine.folder, 'registry.tar');
  await pipeline(made.open('plain'), createWriteStream(archive), { signal: AbortSignal.timeout(120_000) });
  await sh(`docker load -qi ${archive}; docker tag ${made.reference} registry:2; rm ${archive}`);
}

async function fillRegistries(): Promise<void> {
  await buildFedora(machine);
  const creds = `${account.user}:${account.password}`;
  const push = (from: string, to: string) =>
    `skopeo copy -q --dest-creds ${creds} containers-storage:localhost/${from} docker://${to}`;
  await sh(
    [
      push('fedora:latest', 'registry.fedoraproject.org/fedora:latest'),
      push('fedora:34-aarch64', 'registry.fedoraproject.org/fedora:34-aarch64'),
      push('fedora:latest', 'registry.fedoraproject.org/fedora:34-ppc64le'),
      push('fedora:latest', 'quay.io/buildah/stable'),
      push('fedora:34-aarch64', 'registry.example.com/busybox:1.0'),
      push('fedora:34-aarch64', 'registry.example.com/busybox:1.1'),
      ...['latest', 'rolling', '23.10', '23.04'].map((tag) =>
        push('fedora:latest', `registry-1.docker.io/library/ubuntu:${tag}`),
      ),
    ].join('\n'),
  );
  await exportLayout(machine, 'fedora:34-aarch64', 'busybox');
  await sh('skopeo copy -q oci:busybox:sample oci:busybox_ocilayout:latest');
}

const ENV = {
  IMG_NAME: 'ubuntu',
  IMG_VER: 'spare',
  LOGIN_USER: 'somebody',
  SESSION_TOKEN: 'anything',
};

/** With the shell variables of the notes: those of s3-22 and s3-23 come from the blocks. */
const sh = async (line: string, input = '') => machine.sh(`export PATH=$HOME/bin:$PATH\n${line}`, { env: ENV, input });
const withRegistry = (line: string) => `${replay.command('s3-22')}\n${replay.command('s3-23')}\n${line}`;
/** At a terminal, as prompts want it. */
const atTerminal = (line: string) =>
  `cat > typed.sh <<'END_OF_BLOCK'\n${line}\nEND_OF_BLOCK\nscript -qec "bash -e typed.sh" /dev/null`;
/** The same, by devreg. */
const byDevreg = (line: string) => line.replace(/^skopeo (\S+)/gm, 'devreg images $1');

describe('on the laptop', () => {
  it('s3-08 s3-09: tags that exist, and pulling one', async () => {
    const { stdout } = await sh(replay.command('s3-08'));
    const shown = replay
      .output('s3-08')
      .split('\n')
      .filter((line) => line !== '...');
    expect(stdout.split('\n').toSorted()).toEqual(shown.toSorted());
    expect((await sh(replay.command('s3-09'))).output).toContain('Downloaded newer image for ubuntu:latest');
  });

  it('s3-01: the images that are here', async () => {
    const { stdout } = await sh(replay.command('s3-01'));
    const headings = (text: string) => text.split('\n')[0]?.split(/\s{2,}/);
    expect(headings(stdout)).toEqual(
      headings(replay.output('s3-01').replace('IMAGE ID      CREATED       SIZE', 'IMAGE ID   CREATED   SIZE')),
    );
    expect(stdout).toMatch(/^ubuntu +latest /m);
  });

  it('s3-02 s3-03: removing one, and all that are not used', async () => {
    await sh('docker tag ubuntu ubuntu:spare');
    expect((await sh(replay.command('s3-02'))).output).toContain('Untagged: ubuntu:spare');
    expect((await sh(replay.command('s3-03'), 'y\n')).output).toContain('Total reclaimed space:');
  });

  it('s3-06: a registry on server01', async () => {
    await sh(replay.command('s3-06'));
    await sh('until curl -fsS http://server01:5000/v2/; do sleep 0.1; done');
    expect((await sh("docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' registry")).stdout).toBe('always');
  });

  it('s3-10 to s3-13: tag, log in, push, pull', async () => {
    await sh(replay.command('s3-10'));
    expect((await sh(replay.command('s3-11'))).output).toContain('Login Succeeded');
    expect((await sh(replay.command('s3-12'))).output).toMatch(/latest: digest: sha256:/);
    await sh('docker rmi server01:5000/myfirstimage');
    expect((await sh(replay.command('s3-13'))).output).toContain(
      'Downloaded newer image for server01:5000/myfirstimage:latest',
    );
  });

  it('s3-07: searching', async () => {
    await sh('skopeo copy -q --dest-tls-verify=false docker-daemon:ubuntu:latest docker://server01:5000/ubuntu');
    const { stdout } = await sh(`${replay.command('s3-07')} --tls-verify=false`);
    expect(stdout.split('\n')[0]?.split(/\s+/).slice(0, 2)).toEqual(replay.output('s3-07').split(/\s+/).slice(0, 2));
    expect(stdout).toContain('server01:5000/ubuntu');
  });

  it('s3-15 s3-16: what an old configuration of podman looks like', async () => {
    const text = replay.command('s3-16');
    await machine.write('/etc/containers/registries.conf', `${text}\n`);
    expect((await sh(replay.command('s3-15'))).stdout).toBe(text);
    await machine.write('/etc/containers/registries.conf', '');
  });

  it('s3-20 s3-21: asking the registry', async () => {
    expect(JSON.parse((await sh(replay.command('s3-20'))).stdout)).toEqual({
      repositories: ['myfirstimage', 'ubuntu'],
    });
    expect(JSON.parse((await sh(replay.command('s3-21'))).stdout)).toEqual({ name: 'myfirstimage', tags: ['latest'] });
  });
});

describe('skopeo', () => {
  it('s3-19: has these commands, and devreg those about images', async () => {
    const names = replay
      .output('s3-19')
      .split('\n')
      .flatMap((line) => line.split(':')[0]?.trim().split('/') ?? []);
    const help = (await sh('skopeo --help')).stdout;
    const theirs = names.filter((name) => name !== 'generate-sigstore-key');
    for (const name of theirs) expect.soft(help, name).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    for (const name of ['copy', 'delete', 'inspect', 'list-tags', 'sync'])
      expect.soft((await sh(`devreg images ${name} --help`)).stdout).toContain(`devreg images ${name}`);
    await sh(
      'skopeo inspect --raw docker://quay.io/buildah/stable > manifest; test $(skopeo manifest-digest manifest) = $(devreg images digest --manifest manifest)',
    );
    for (const name of ['login', 'logout']) await sh(`devreg ${name} --help`);
  });

  it('s3-22 to s3-25: the API', async () => {
    const catalog = JSON.parse((await sh(withRegistry(replay.command('s3-24')))).stdout) as readonly string[];
    expect(replay.output('s3-24')).toContain('"fedora"');
    expect(catalog).toContain('fedora');
    const shown = JSON.parse(replay.output('s3-25').replace(', ...', '')) as { name: string; tags: readonly string[] };
    const tags = JSON.parse((await sh(withRegistry(replay.command('s3-25')))).stdout) as typeof shown;
    expect(tags.name).toBe(shown.name);
    expect(tags.tags.toSorted()).toEqual(shown.tags.toSorted());
    const { stdout } = await sh(withRegistry('devreg images list-tags docker://${REG}/fedora'));
    expect(stdout.split('\n').toSorted()).toEqual(shown.tags.toSorted());
  });

  it('s3-29: inspects', async () => {
    const line = replay.command('s3-29');
    const [theirs, ours] = [
      JSON.parse((await sh(line)).stdout),
      JSON.parse((await sh(byDevreg(line))).stdout),
    ] as Record<string, unknown>[];
    const fields = [...replay.output('s3-29').matchAll(/^ {4}"(\w+)":/gm)].map(([, name = '']) => name);
    expect(Object.keys(ours ?? {})).toEqual(expect.arrayContaining(fields));
    expect(ours).toMatchObject(theirs ?? {});
    expect(ours).toMatchObject({
      Name: 'registry.fedoraproject.org/fedora',
      Labels: { license: 'MIT', name: 'fedora' },
    });
  });

  it('s3-30: inspects the configuration', async () => {
    const line = replay.command('s3-30');
    const { stdout } = await sh(line);
    expect((await sh(byDevreg(line))).stdout).toBe(stdout);
    const fields = [...replay.output('s3-30').matchAll(/^ {2}"(\w+)":/gm)].map(([, name = '']) => name);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(expect.arrayContaining(fields));
  });

  it('s3-31: copies from a registry to another', async () => {
    const line = replay.command('s3-31');
    await sh(
      'skopeo login --username $user --password-stdin registry.internal.company.com'.replace('$user', account.user),
      account.password,
    );
    const digest = async (name: string) => (await sh(`devreg images digest ${name}`)).stdout;
    await sh(line);
    expect(await digest('registry.internal.company.com/buildah')).toBe(await digest('quay.io/buildah/stable'));
    await sh(`devreg images delete --digest -y registry.internal.company.com/buildah:latest`);
    await sh(byDevreg(line));
    expect(await digest('registry.internal.company.com/buildah')).toBe(await digest('quay.io/buildah/stable'));
  });

  it('s3-32: copies out of a layout into a folder', async () => {
    const line = replay.command('s3-32');
    await sh(
      `mkdir existingemptydirectory; ${line}; mv existingemptydirectory theirs; mkdir existingemptydirectory; ${byDevreg(line)}`,
    );
    await sh('diff -r theirs existingemptydirectory');
  });

  it('s3-33: syncs all tags of a repository to a medium', async () => {
    const line = replay.command('s3-33');
    await sh(`mkdir -p /media/usb; ${line}; mv /media/usb/* .; ls -d busybox:*`);
    await sh(`mkdir synced; mv busybox:* synced; ${byDevreg(line)}; diff -r synced /media/usb`);
    expect((await sh('ls /media/usb')).stdout).toBe('busybox:1.0\nbusybox:1.1');
  });

  it('s3-26 s3-27: logs in at a prompt, and deletes', async () => {
    const { output } = await sh(
      withRegistry(`export REG\n${atTerminal(replay.command('s3-26'))}`),
      `${account.user}\n${account.password}\n`,
    );
    expect(output).toMatch(/Username: [^]*Password: [^]*Login Succeeded!/);
    await sh(withRegistry(replay.command('s3-27')));
    expect((await sh(withRegistry('devreg images list-tags docker://${REG}/fedora'))).stdout).not.toContain(
      '34-aarch64',
    );
    // The same by devreg, of an image that is in the way of nobody.
    await sh(withRegistry('devreg images copy -q docker://quay.io/buildah/stable docker://${REG}/fedora:34-aarch64'));
    await sh(withRegistry(byDevreg(replay.command('s3-27'))));
    expect((await sh(withRegistry('devreg images list-tags docker://${REG}/fedora'))).stdout).not.toContain(
      '34-aarch64',
    );
  });

  it('s3-28: collects the garbage', async () => {
    await sh(
      'skopeo delete --tls-verify=false docker://server01:5000/myfirstimage; skopeo delete --tls-verify=false docker://server01:5000/ubuntu',
    );
    const { output } = await sh(atTerminal(replay.command('s3-28')));
    expect(output).toMatch(/Removed \d+ blobs?|are kept/);
    await sh('docker rm -f registry');
  });

  it('s3-34 s3-35: logs in and out by name', async () => {
    await using _registry = await serveRegistry(machine, { listen: ['127.0.0.1:5000'], flags, account });
    const { output } = await sh(atTerminal(replay.command('s3-34')), `${account.password}\n`);
    expect(output).toContain('Login Succeeded!');
    await sh('devreg images copy -q docker://quay.io/buildah/stable docker://myregistrydomain.com:5000/mine');
    expect((await sh(replay.command('s3-35'))).output).toContain(
      'Removed login credentials for myregistrydomain.com:5000',
    );
    const refused = await machine.fails(
      '$HOME/bin/devreg images copy -q docker://quay.io/buildah/stable docker://myregistrydomain.com:5000/other',
    );
    expect(refused.exitCode).toBe(4);
  });
});

it('runs every block, or says why not', () => {
  replay.expectWhole();
});
