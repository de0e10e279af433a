/** Docker on another machine: a cluster there, everything from here, and no folder of this machine anywhere in it. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { pushImage } from '../support/cluster-images.ts';
import { kubectl, runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';
import { type RemoteEngine, startRemoteEngine } from '../support/remote-engine.ts';

/** Nobody else's: other clusters of this machine lead theirs to loopback. */
const HOST = `remote-${randomBytes(3).toString('hex')}.localtest.me`;

const undo = new AsyncDisposableStack();
let engine: RemoteEngine;
let user: ClusterUser;
let cluster: MadeCluster;

beforeAll(async () => {
  engine = undo.use(await startRemoteEngine());
  user = undo.use(await openClusterUser(['curl', 'skopeo']));
  const remote: ClusterUser = {
    ...user,
    sh: (line, options) => user.sh(`export DOCKER_HOST=${engine.endpoint}\n${line}`, options),
  };
  cluster = await createCluster(remote, { flags: `--host ${HOST} --hosts-file --login` });
});

afterAll(() => undo.disposeAsync());

/** With the engine that the cluster was made by. */
const there = (line: string) => user.sh(`export DOCKER_HOST=${engine.endpoint}\n${line}`);

it('says where it is, and how to keep it to that machine', () => {
  expect(cluster.said).toContain(`The container engine is on another machine, ${engine.endpoint}`);
  expect(cluster.said).toContain('With --listen 127.0.0.1');
});

it('has its ports there, on the engine’s address and loopback alone, and none here', async () => {
  const listening = await engine.run('ss', '-Hltn', `( sport = :${cluster.port} or sport = :${cluster.localPort} )`);
  const addresses = listening.split('\n').map((line) => line.split(/\s+/)[3]?.split(':')[0]);
  expect(new Set(addresses)).toEqual(new Set(['127.0.0.1', engine.address]));
  await user.fails(7, `curl -sS http://localhost:${cluster.localPort}/v2/`);
});

it('is a registry for programs here: by the engine’s address, and by its name', async () => {
  const { stdout } = await user.sh(
    `curl -fsS --cacert ${cluster.ca} https://${engine.address}:${cluster.localPort}/v2/_catalog`,
  );
  expect(stdout).toContain('repositories');
  expect((await user.sh(`grep '# devreg ${cluster.name}$' /etc/hosts`)).stdout).toContain(engine.address);
  await user.sh(`curl -fsS --cacert ${cluster.ca} https://${cluster.named}/v2/_catalog`);
});

it('runs what docker pushes from there', async () => {
  const remote = { ...user, sh: there };
  const image = `${cluster.local}/giteaadmin/app:1`;
  await pushImage(remote, image);
  await runPod(user, cluster, 'app', { image });
  await user.sh(`skopeo inspect docker://${cluster.named}/giteaadmin/app:1`);
});

it('has a kubeconfig that is good here', async () => {
  expect(await readFile(join(user.home, '.kube/config'), 'utf8')).toContain(`https://${engine.address}:`);
  expect(await kubectl(user, cluster, 'get nodes -o name')).toBe(`node/${cluster.name}-control-plane`);
});

it('is found again by every command, whatever engine the user has by then', async () => {
  expect(await user.json('devreg get clusters -o json')).toMatchObject([{ name: cluster.name, state: 'running' }]);
  expect((await createCluster(user, { name: cluster.name })).outcome).toBe('kept');
  await user.sh(`devreg login --name ${cluster.name} --registry ${cluster.named} --client podman`);
});

it('has no folder of this machine in it', async () => {
  const { stdout } = await there(
    `docker inspect -f '{{range .Mounts}}{{.Type}} {{.Source}}{{println}}{{end}}' ${cluster.name}-control-plane`,
  );
  expect(stdout).not.toContain(user.home);
  expect(
    stdout
      .split('\n')
      .filter((line) => line.startsWith('bind'))
      .map((line) => line.split(' ')[1]),
  ).toEqual(['/lib/modules']);
  const { output } = await user.fails(
    2,
    `DOCKER_HOST=${engine.endpoint} devreg create --name ${user.newName()} --data-dir images --port 0`,
  );
  expect(output).toContain('where --data-dir cannot be had');
});

it('refuses a port that a container there has, and an address that is not there', async () => {
  const port = `--port ${cluster.port} --registry-port 0`;
  const taken = await user.fails(5, `DOCKER_HOST=${engine.endpoint} devreg create --name ${user.newName()} ${port}`);
  expect(taken.output).toContain(`in use by the container ${cluster.name}-control-plane`);
  const absent = await user.fails(
    2,
    `DOCKER_HOST=${engine.endpoint} devreg create --name ${user.newName()} --port 0 --registry-port 0 --listen 192.0.2.7`,
  );
  expect(absent.output).toContain('ADDRESS_ABSENT');
});

it('goes from there, by a user whose engine is here', async () => {
  await user.sh(`devreg delete --name ${cluster.name} --yes`);
  expect((await there('docker ps -aq')).stdout).toBe('');
  expect((await user.sh(`grep -c '# devreg ${cluster.name}$' /etc/hosts || true`)).stdout).toBe('0');
});

it('is waited for when its ports are for that machine alone, and works through the tunnel that was asked for', async () => {
  const name = user.newName();
  const flags = '--port 0 --registry-port 0 --listen 127.0.0.1 --ingress none -o json';
  const tunnels = new AsyncDisposableStack();
  const opened: Promise<AsyncDisposable>[] = [];
  const creation = user.start(
    `env DOCKER_HOST=${engine.endpoint} devreg create --name ${name} ${flags} 2>&1`,
    (line) => {
      const ports = [...line.matchAll(/-L (\d+):127\.0\.0\.1:\1/g)].map(([, port]) => Number(port));
      if (ports.length > 0) opened.push(engine.openTunnel(ports));
    },
  );
  try {
    const { exitCode, output } = await creation.finished;
    expect(exitCode, output).toBe(0);
    expect(opened).toHaveLength(1);
    for (const tunnel of opened) tunnels.use(await tunnel);
    const [, port] = /localhost:(\d+)/.exec(output) ?? [];
    await user.sh(`curl -fsS http://localhost:${port}/v2/_catalog`);
    await user.sh(`kubectl --context kind-${name} get nodes`);
    await user.sh(`devreg delete --name ${name} --yes`);
  } finally {
    await tunnels.disposeAsync();
  }
});
