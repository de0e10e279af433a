/** Podman as the engine: what every engine does, a cluster whose nodes are its containers, and Podman in Docker's place (S2-20). */
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detectEngine } from '../../src/engine/detect-engine.ts';
import { createRunner } from '../../src/process/execa-runner.ts';
import { buildProgram } from '../support/build.ts';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';
import { holdToContract } from '../support/contract-containers.ts';
import { CLUSTER_IMAGES, NODE_IMAGE, SMALL, TRAEFIK, WITH_SHELL } from '../support/image-names.ts';
import { requireTools } from '../support/tools.ts';

/** Who the machine has to be without root's rights. */
const ORDINARY = 'devuser';

beforeAll(async () => {
  requireTools(['docker', 'podman']);
  for (const image of [...CLUSTER_IMAGES, WITH_SHELL]) await bring(image);
});

/** From docker's store, unless it is there. */
async function bring(image: string): Promise<void> {
  const script = 'podman image exists "$0" || docker save "$0" | podman load --quiet';
  await execa('bash', ['-o', 'pipefail', '-c', script, image]);
}

describe('Podman', () => {
  const held = holdToContract('podman', ['--stop-timeout', '0']);

  it('is on this machine', async () => {
    expect(await held.engine.isRemote()).toBe(false);
  });

  it('passes an archive of many megabytes into a container, whole', async () => {
    const { engine, running } = held;
    const input = engine.saveImage(WITH_SHELL);
    const command = ['sh', '-c', 'tar -x -O -f - manifest.json | head -c 1000'];
    expect(await engine.exec({ container: running, command, input })).toContain(WITH_SHELL);
  });
});

describe('Podman in Docker’s place', () => {
  it('is found behind a docker that is a script for podman', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-shim-'));
    await writeFile(join(folder.path, 'docker'), '#!/bin/sh\nexec podman "$@"\n', { mode: 0o755 });
    const runner = createRunner({ ...process.env, PATH: `${folder.path}${delimiter}${process.env['PATH']}` });
    expect((await detectEngine(runner)).kind).toBe('podman');
    await expect(detectEngine(runner, 'docker')).rejects.toMatchObject({ hint: expect.stringContaining('Podman') });
  });

  it('is found behind Docker’s program when Podman’s service answers it', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-service-'));
    const address = `unix://${join(folder.path, 'podman.sock')}`;
    const service = execa('podman', ['system', 'service', '--time', '0', address], { reject: false });
    try {
      const runner = createRunner({ ...process.env, DOCKER_HOST: address });
      await expect
        .poll(() => detectEngine(runner, 'docker').catch((error: unknown) => error), { timeout: 30_000 })
        .toMatchObject({ code: 'ENGINE_EMULATED' });
      expect((await detectEngine(runner)).kind).toBe('podman');
    } finally {
      service.kill();
      await service;
    }
  });
});

describe('a cluster of Podman', () => {
  const undo = new AsyncDisposableStack();
  let user: ClusterUser;
  let cluster: MadeCluster;

  beforeAll(async () => {
    user = undo.use(await openClusterUser(['podman']));
    cluster = await createCluster(user, { flags: '--engine podman --hosts-file --login' });
  });

  afterAll(() => undo.disposeAsync());

  it('has its nodes in Podman and none in Docker', async () => {
    const list = `ps -a --filter label=io.x-k8s.kind.cluster=${cluster.name} --format '{{.Names}}'`;
    expect((await user.sh(`podman ${list}`)).stdout).toBe(`${cluster.name}-control-plane`);
    expect((await user.sh(`docker ${list}`)).stdout).toBe('');
  });

  it('runs what podman pushed, by both names', async () => {
    for (const [index, registry] of [cluster.named, cluster.local].entries()) {
      const image = `${registry}/giteaadmin/app-${index}:1`;
      const random = randomBytes(8).toString('hex');
      await user.sh(`printf 'FROM ${SMALL}\\nLABEL random=${random}\\n' | podman build -q -t ${image} -`);
      try {
        await user.sh(`podman push -q ${image}`);
        await runPod(user, cluster, `app-${index}`, { image });
      } finally {
        await user.sh(`podman rmi -f ${image}`);
      }
    }
  });

  it('has its ingress from Podman’s store, which calls it by a name of its own', async () => {
    const images = await kubectl(user, cluster, "-n devreg get pods -o jsonpath='{..image}'");
    expect(images).toContain(TRAEFIK);
    expect((await user.sh(`podman exec ${cluster.name}-control-plane ctr -n k8s.io images ls -q`)).stdout).toContain(
      `docker.io/library/${TRAEFIK}`,
    );
  });

  it('is known as Podman’s by every other command, whatever engine is there first', async () => {
    expect(await user.json(`devreg get clusters -o json`)).toMatchObject([{ state: 'running', engine: 'podman' }]);
    expect((await createCluster(user, { name: cluster.name })).outcome).toBe('kept');
    const { output } = await user.fails(5, `devreg create --name ${cluster.name} --engine docker`);
    expect(output).toContain('ENGINE_FIXED');
  });

  it('says whose container has a port that is wanted', async () => {
    const ports = `--port ${cluster.port} --registry-port 0`;
    const name = user.newName();
    const { output } = await user.fails(5, `devreg create --engine podman --name ${name} ${ports}`);
    expect(output).toContain(`Port ${cluster.port} is in use by the registry ${cluster.name}`);
  });

  it('leaves nothing of it in Podman', async () => {
    await user.sh(`devreg delete --name ${cluster.name} --yes`);
    const { stdout } = await user.sh(`podman ps -aq --filter label=io.x-k8s.kind.cluster=${cluster.name}`);
    expect(stdout).toBe('');
    expect((await user.sh(`grep -c '# devreg ${cluster.name}$' /etc/hosts || true`)).stdout).toBe('0');
  });
});

describe('Podman without root’s rights', () => {
  it('says what the system must allow where it does not, and leaves nothing', async () => {
    await using home = await openOrdinaryHome();
    const info = await home.types("podman info --format '{{.Host.CgroupsVersion}}'");
    expect(info.stdout, 'These tests know what is refused with cgroup v1.').toBe('v1');
    const refused = await home.types('devreg create --engine podman --port 0 --registry-port 0');
    expect(refused.exitCode, refused.all).toBe(6);
    expect(refused.stderr).toMatch(/control groups of version 2[^]*systemd\.unified_cgroup_hierarchy=1[^]*CGROUP_V1/);
    expect((await home.types('devreg status -o name')).stdout).toBe('');
  });
});

interface OrdinaryHome extends AsyncDisposable {
  types(
    lines: string,
  ): Promise<{ readonly exitCode?: number; readonly stdout: string; readonly stderr: string; readonly all: string }>;
}

/** A home of somebody who is not root, with devreg on the PATH. */
async function openOrdinaryHome(): Promise<OrdinaryHome> {
  await using made = new AsyncDisposableStack();
  const { path: home } = made.use(await mkdtempDisposable(join(tmpdir(), 'devreg-ordinary-')));
  const [programs, runtime] = [join(home, 'bin'), join(home, 'run')];
  for (const folder of [programs, runtime]) await mkdir(folder, { mode: 0o700 });
  await symlink(await buildProgram(), join(programs, 'devreg'));
  const uid = Number((await execa('id', ['-u', ORDINARY])).stdout);
  await chmod(home, 0o755);
  for (const folder of [home, programs, runtime]) await chown(folder, uid, uid);
  const tools = dirname((await execa('which', ['kind'])).stdout);
  const path = [programs, dirname(process.execPath), tools, '/usr/bin', '/bin'].join(delimiter);
  const env = { HOME: home, XDG_RUNTIME_DIR: runtime, PATH: path, DEVREG_NODE_IMAGE: NODE_IMAGE };
  const types = async (lines: string) => {
    const args = ['-u', ORDINARY, '--', 'bash', '-c', lines];
    return execa('/usr/sbin/runuser', args, { env, extendEnv: false, cwd: home, reject: false, all: true });
  };
  // Files of podman's belong to numbers that only its own user can remove.
  made.defer(async () => void (await types('podman unshare rm -rf .local/share/containers')));
  const kept = made.move();
  return { types, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
