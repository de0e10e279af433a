/** Pushes that break: the client dies, the server dies, the connection goes; what comes after works. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDocker } from '../support/engine.ts';
import { buildImage, exportLayout, loadIntoDocker } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { type ServedRegistry, serveRegistry } from '../support/registry-process.ts';
import { untilUploaded } from '../support/upload-progress.ts';

const MB = 1024 * 1024;
const HOST = 'localhost:5001';
const SERVE = { listen: ['127.0.0.1:5001'], flags: ['--tls off'] };

let machine: Machine;
let layout: string;

beforeAll(async () => {
  machine = await openMachine({ tools: ['buildah', 'crane', 'curl', 'docker', 'dockerd', 'jq', 'podman', 'skopeo'] });
  await startDocker(machine);
  await buildImage(machine, 'large:1', { layers: [300 * MB, 4_000, 20 * MB] });
  layout = await exportLayout(machine, 'large:1', 'large');
  await loadIntoDocker(machine, 'large:1');
});

afterAll(() => machine?.[Symbol.asyncDispose]());

const CLIENTS = [
  { name: 'skopeo', push: () => `skopeo copy --dest-tls-verify=false oci:${layout} docker://${HOST}/cut/skopeo:1` },
  { name: 'podman', push: () => `podman push --tls-verify=false large:1 ${HOST}/cut/podman:1` },
  { name: 'crane', push: () => `crane push ${layout.split(':')[0]} ${HOST}/cut/crane:1` },
];

const tagStatus = async (repository: string) =>
  (await machine.sh(`curl -sS -o /dev/null -w '%{http_code}' http://${HOST}/v2/${repository}/manifests/1`)).stdout;

/** Reads every byte of an image back and compares it with its digest. */
const expectWhole = (repository: string) => machine.sh(`crane validate --remote ${HOST}/${repository}:1`);

describe.each(CLIENTS)('$name', ({ name, push }) => {
  it('is killed amid a push: nothing is visible of it, and the next push succeeds', async () => {
    await using registry = await serveRegistry(machine, SERVE);
    const client = machine.start(push());
    await untilUploaded(client, registry.dataDir, 60 * MB);
    client.kill('SIGKILL');
    await client.finished;
    expect(await tagStatus(`cut/${name}`)).toBe('404');
    await machine.sh(push());
    await expectWhole(`cut/${name}`);
  });

  it('loses the server amid a push, by kill -9: it fails, and succeeds after the restart', async () => {
    const before = await serveRegistry(machine, SERVE);
    const client = machine.start(push());
    await untilUploaded(client, before.dataDir, 60 * MB);
    await before.crash();
    expect((await client.finished).exitCode).not.toBe(0);
    await using _after = await serveRegistry(machine, { ...SERVE, dataDir: before.dataDir });
    expect(await tagStatus(`cut/${name}`)).toBe('404');
    await machine.sh(push());
    await expectWhole(`cut/${name}`);
  });
});

it('docker tries again by itself when the server comes back', async () => {
  await machine.sh(`docker tag large:1 ${HOST}/cut/docker:1`);
  const before = await serveRegistry(machine, SERVE);
  const client = machine.start(`docker push ${HOST}/cut/docker:1`);
  await untilUploaded(client, before.dataDir, 60 * MB);
  await before.crash();
  await using _after = await serveRegistry(machine, { ...SERVE, dataDir: before.dataDir });
  const { exitCode, output } = await client.finished;
  expect(output).toContain('Retrying in');
  expect(exitCode, output).toBe(0);
  await expectWhole('cut/docker');
});

describe('an upload by hand', () => {
  const FILE = 'blob';
  const SIZE = 40 * MB;
  let digest: string;

  beforeAll(async () => {
    const { stdout } = await machine.sh(`head -c ${SIZE} /dev/urandom > ${FILE}; sha256sum < ${FILE}`);
    digest = `sha256:${stdout.split(' ')[0]}`;
  });

  async function begin(): Promise<string> {
    const { stdout } = await machine.sh(
      `curl -fsS -o /dev/null -w '%header{location}' -X POST http://${HOST}/v2/by/hand/blobs/uploads/`,
    );
    return `http://${HOST}${stdout}`;
  }

  /** Sends from the front, not faster than a client on a slow line. */
  const sendSlowly = (location: string) =>
    machine.start(
      `curl -sS --limit-rate 20M -X PATCH -H 'Content-Type: application/octet-stream' -T ${FILE} '${location}'`,
    );

  /** @returns the number of bytes the server says it has */
  async function received(location: string): Promise<number> {
    const { stdout } = await machine.sh(`curl -fsS -o /dev/null -w '%header{range}' '${location}'`);
    return Number(/^0-(\d+)$/.exec(stdout)?.[1]) + 1;
  }

  async function finish(location: string, from: number): Promise<void> {
    await machine.sh(`tail -c +${from + 1} ${FILE} > rest
      curl -fsS -o /dev/null -X PATCH -H 'Content-Type: application/octet-stream' -H 'Content-Range: ${from}-${SIZE - 1}' -T rest '${location}'
      curl -fsS -o /dev/null -X PUT '${location}?digest=${digest}'`);
    const { stdout } = await machine.sh(
      `curl -fsS http://${HOST}/v2/by/hand/blobs/${digest} | cmp - ${FILE} && echo same`,
    );
    expect(stdout).toBe('same');
  }

  it('goes on where the connection broke', async () => {
    await using registry = await serveRegistry(machine, SERVE);
    const location = await begin();
    await cut(registry, location);
    const from = await received(location);
    expect(from).toBeGreaterThanOrEqual(10 * MB);
    expect(from).toBeLessThan(SIZE);
    await finish(location, from);
  });

  it('goes on after the server was killed and started again', async () => {
    const before = await serveRegistry(machine, SERVE);
    const location = await begin();
    const client = sendSlowly(location);
    await untilUploaded(client, before.dataDir, 10 * MB);
    await before.crash();
    await client.finished;
    await using _after = await serveRegistry(machine, { ...SERVE, dataDir: before.dataDir });
    await finish(location, await received(location));
  });

  async function cut({ dataDir }: ServedRegistry, location: string): Promise<void> {
    const client = sendSlowly(location);
    await untilUploaded(client, dataDir, 10 * MB);
    client.kill('SIGKILL');
    await client.finished;
  }
});

it('S2-09: a server that is told to end lets the upload finish, and ends well', async () => {
  const registry = await serveRegistry(machine, { ...SERVE, flags: ['--tls off', '--grace 60s'] });
  const client = machine.start(`crane push ${layout.split(':')[0]} ${HOST}/cut/last:1`);
  await untilUploaded(client, registry.dataDir, 20 * MB);
  const { exitCode } = await registry.stop();
  await client.finished;
  expect(exitCode).toBe(0);
  const uploads = registry.log.filter((line) => line.event === 'request' && line['method'] === 'PATCH');
  expect(uploads.length).toBeGreaterThan(0);
  expect(uploads.filter((line) => line['status'] !== 202)).toEqual([]);
});
