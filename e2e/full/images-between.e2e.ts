/** `devreg images copy` between devreg and Distribution, either way; what is cut off goes on and sends nothing twice. */
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../support/build.ts';
import { buildImage } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { type ServedRegistry, newAccount, serveRegistry } from '../support/registry-process.ts';

const MB = 1024 * 1024;
const FROM = 'localhost:5001';
const DISTRIBUTION = 'localhost:5002';
const TO = 'localhost:5003';
const account = newAccount('admin');

let machine: Machine;
let to: ServedRegistry;

const withPath = (line: string) => `export PATH=$HOME/bin:$PATH\n${line}`;
const sh = async (line: string) => (await machine.sh(withPath(line))).stdout;

beforeAll(async () => {
  machine = await openMachine({ tools: ['buildah', 'crane', 'curl', 'regctl', 'skopeo'] });
  await machine.sh('mkdir -p $HOME/bin');
  await symlink(join(dirname(await buildProgram()), 'devreg.js'), join(machine.home, 'bin/devreg'));
  machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5001'], flags: ['--tls off'] }));
  to = machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5003'], flags: ['--tls off'], account }));
  await serveDistribution();
  for (const host of [FROM, DISTRIBUTION, TO]) await machine.sh(`regctl registry set ${host} --tls disabled`);
  await buildImage(machine, 'both:amd64', { layers: [2 * MB, 30_000], platform: 'linux/amd64' });
  await buildImage(machine, 'both:arm64', { layers: [MB], platform: 'linux/arm64' });
  await buildImage(machine, 'docker:1', { layers: [100_000], format: 'docker' });
  await buildImage(machine, 'large:1', { layers: [30 * MB, 31 * MB, 32 * MB, 33 * MB] });
  await sh(`buildah manifest create both:all localhost/both:amd64 localhost/both:arm64
    buildah manifest push -q --all --format oci --tls-verify=false both:all docker://${FROM}/team/both:1
    skopeo copy -q --format v2s2 --dest-tls-verify=false containers-storage:localhost/docker:1 docker://${FROM}/team/docker:1
    skopeo copy -q --dest-tls-verify=false containers-storage:localhost/large:1 docker://${FROM}/team/large:1
    echo about > about.txt
    regctl artifact put --subject ${FROM}/team/both:1 --artifact-type text/plain -f about.txt
    digest=$(crane digest ${FROM}/team/both:1)
    regctl artifact put --artifact-type application/x.signature -f about.txt ${FROM}/team/both:$(echo $digest | tr : -).sig`);
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** Debian's docker-registry, as it comes: without the API for referrers. */
async function serveDistribution(): Promise<void> {
  await machine.write(
    join(machine.folder, 'distribution.yml'),
    `version: 0.1\nstorage: {filesystem: {rootdirectory: ${machine.folder}/distribution}}\nhttp: {addr: '127.0.0.1:5002'}\n`,
  );
  const running = machine.start('docker-registry serve distribution.yml');
  machine.guests.defer(async () => {
    running.kill();
    await running.finished;
  });
  await machine.sh(`until curl -fsS http://${DISTRIBUTION}/v2/; do sleep 0.1; done`);
}

/** All that is there of an image: its manifest, what refers to it, what is attached to it. */
async function everything(name: string): Promise<string> {
  return sh(`crane manifest ${name}; echo; regctl artifact list --format '{{range .Descriptors}}{{.Digest}} {{.ArtifactType}}{{end}}' ${name}
    repository=$(echo ${name} | sed 's/:1$//')
    crane manifest $repository:$(crane digest ${name} | tr : -).sig`);
}

describe.each([
  ['to Distribution and back', [DISTRIBUTION, TO]],
  ['to devreg and on to Distribution', [TO, DISTRIBUTION]],
])('%s', (way, hosts) => {
  const prefix = way.split(' ')[1]?.toLowerCase();
  const creds = (host: string, side: string) =>
    host === TO ? `--${side}-creds ${account.user}:${account.password}` : '';

  it('nothing changes of an index, and what refers to it comes along', async () => {
    let from = `${FROM}/team/both:1`;
    const before = await everything(from);
    for (const host of hosts) {
      const next = `${host}/${prefix}/both:1`;
      await sh(
        `devreg images copy -q ${creds(from.split('/')[0] ?? '', 'src')} ${creds(host, 'dest')} docker://${from} docker://${next}`,
      );
      expect(await everything(next)).toBe(before);
      await sh(`crane validate --remote ${next}`);
      from = next;
    }
  });

  it('nothing changes of a Docker image', async () => {
    let from = `${FROM}/team/docker:1`;
    const before = await sh(`crane manifest ${from}`);
    for (const host of hosts) {
      const next = `${host}/${prefix}/docker:1`;
      await sh(
        `devreg images copy -q ${creds(from.split('/')[0] ?? '', 'src')} ${creds(host, 'dest')} docker://${from} docker://${next}`,
      );
      expect(await sh(`crane manifest ${next}`)).toBe(before);
      from = next;
    }
  });
});

it('a copy that is killed goes on: what arrived is not sent again', async () => {
  const line = `devreg images copy -q -j 1 --dest-creds ${account.user}:${account.password} docker://${FROM}/team/large:1 docker://${TO}/cut/large:1`;
  // The layers: the config is small, and comes with POST.
  const uploads = async (mark: number) =>
    (await to.requests(mark)).filter(
      ({ method, path, status }) => method === 'PUT' && path.includes('/blobs/uploads/') && status === 201,
    ).length;
  const begin = await to.mark();
  const client = machine.start(`env PATH=${machine.home}/bin:${process.env['PATH']} ${line}`);
  const stored = new Set<unknown>();
  await to.waitFor(({ event, method, status, path }) => {
    const isOne =
      event === 'request' && method === 'PUT' && status === 201 && String(path).includes('/cut/large/blobs/');
    if (isOne) stored.add(path);
    return stored.size === 2;
  });
  client.kill('SIGKILL');
  expect((await client.finished).exitCode).toBeUndefined();
  const before = await uploads(begin);
  expect(before).toBeGreaterThanOrEqual(2);
  expect(before).toBeLessThan(4);
  const middle = await to.mark();
  await sh(line);
  // Four layers, each of them once.
  expect(before + (await uploads(middle))).toBe(4);
  await sh(`crane validate --remote ${TO}/cut/large:1`);
  const last = await to.mark();
  await sh(line.replace('cut/large', 'cut/again'));
  expect(await uploads(last)).toBe(0);
});
