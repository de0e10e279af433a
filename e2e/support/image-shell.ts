/** Three registries and some images, for those who work with images from a shell. */
import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildProgram } from './build.ts';
import { buildImage } from './images.ts';
import { type Machine, openMachine } from './machine.ts';
import type { Finished } from './program.ts';
import { type ServedRegistry, serveRegistry } from './registry-process.ts';

/** The own registry, with TLS and a login; another with neither; Distribution. */
export const OWN = 'localhost:5001';
export const OTHER = 'localhost:5002';
export const DISTRIBUTION = 'localhost:5003';

/** Has `one` image, `all` platforms with something that refers to them, and one of `docker`. */
export const REPOSITORY = `${OTHER}/team/both`;

/** A shell among them. */
export interface ImageShell extends AsyncDisposable {
  readonly machine: Machine;
  readonly other: ServedRegistry;
  /** Types lines; `devreg` is the built program. @returns what they said @throws ProgramFailed unless they end with 0 */
  sh(lines: string): Promise<string>;
  /** Types lines that must be refused. */
  fails(lines: string): Promise<Finished>;
  /** Types a line that prints an object. */
  json(line: string): Promise<Record<string, unknown>>;
  /** How a line finds the built program. */
  withPath(lines: string): string;
}

/** Opens a machine with all of it. */
export async function openImageShell(): Promise<ImageShell> {
  await using opened = new AsyncDisposableStack();
  const machine = opened.use(
    await openMachine({
      tools: ['buildah', 'crane', 'curl', 'docker-registry', 'jq', 'podman', 'regctl', 'regsync', 'script', 'skopeo'],
      names: ['registry.localtest.me'],
    }),
  );
  await machine.sh('mkdir -p $HOME/bin');
  await symlink(join(dirname(await buildProgram()), 'devreg.js'), join(machine.home, 'bin/devreg'));
  const withPath = (lines: string) => `export PATH=$HOME/bin:$PATH\n${lines}`;
  const sh = async (lines: string) => (await machine.sh(withPath(lines))).stdout;
  await sh('devreg create --provider process');
  const other = machine.guests.use(await serveRegistry(machine, { listen: ['127.0.0.1:5002'], flags: ['--tls off'] }));
  await serveDistribution(machine);
  await sh(`regctl registry set ${OTHER} --tls disabled; regctl registry set ${DISTRIBUTION} --tls disabled`);
  await fill(machine);
  const owned = opened.move();
  return {
    machine,
    other,
    sh,
    fails: (lines) => machine.fails(withPath(lines)),
    json: async (line) => JSON.parse(await sh(line)) as Record<string, unknown>,
    withPath,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

async function fill(machine: Machine): Promise<void> {
  await buildImage(machine, 'both:amd64', {
    layers: [300_000, 3_000],
    platform: 'linux/amd64',
    config: ['--label a=1', "--label 'markup=<b>&'", '--env GREETING=hello', '--cmd /layer-0', '--author somebody'],
  });
  await buildImage(machine, 'both:arm64', { layers: [200_000], platform: 'linux/arm64' });
  await buildImage(machine, 'docker:1', { layers: [100_000], format: 'docker', config: ['--label kind=v2s2'] });
  await machine.sh(`buildah manifest create both:all localhost/both:amd64 localhost/both:arm64
    buildah manifest push -q --all --format oci --tls-verify=false both:all docker://${REPOSITORY}:all
    skopeo copy -q --dest-tls-verify=false containers-storage:localhost/both:amd64 docker://${REPOSITORY}:one
    skopeo copy -q --format v2s2 --dest-tls-verify=false containers-storage:localhost/docker:1 docker://${REPOSITORY}:docker
    echo about > about.txt
    regctl artifact put --subject ${REPOSITORY}:all --artifact-type text/plain -f about.txt`);
}

/** Debian's docker-registry, as it comes. */
async function serveDistribution(machine: Machine): Promise<void> {
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
