/** A layer of two gigabytes through the ingress: neither it nor the registry keeps it in memory. */
import { open } from 'node:fs/promises';
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MadeCluster, createCluster } from '../support/cluster-creation.ts';
import { runPod } from '../support/cluster-pods.ts';
import { type ClusterUser, openClusterUser } from '../support/cluster-user.ts';

const LAYER_BYTES = 2 * 1024 ** 3;
const PIECE_BYTES = 16 * 1024 ** 2;

/** What a program may take for itself while such a layer passes; it would be eight times as much if it kept it. */
const MEMORY_BYTES = 256 * 1024 ** 2;

const undo = new AsyncDisposableStack();
let user: ClusterUser;
let cluster: MadeCluster;

beforeAll(async () => {
  user = undo.use(await openClusterUser(['crane', 'curl']));
  cluster = await createCluster(user, { flags: '--hosts-file --login' });
  await writeRandomFile(join(user.folder, 'random'), LAYER_BYTES);
});

afterAll(() => undo.disposeAsync());

async function writeRandomFile(path: string, bytes: number): Promise<void> {
  await using file = await open(path, 'w');
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let written = 0; written < bytes; written += PIECE_BYTES) await file.write(randomFillSync(piece));
}

/** The most memory that a program of the cluster has had since it was started, in bytes. @param argument of its own */
async function peakMemory(argument: string): Promise<number> {
  const find = `grep -lsz '^${argument}$' /proc/[0-9]*/cmdline | head -n 1`;
  const read = `awk '/^VmHWM/ {print $2}' $(dirname $(${find}))/status`;
  const { stdout } = await user.sh(`docker exec -i ${cluster.name}-control-plane sh`, { input: read });
  return Number(stdout) * 1024;
}

async function timed(what: string, line: string): Promise<string> {
  const started = performance.now();
  const { stdout } = await user.sh(line);
  process.stderr.write(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return stdout;
}

it('S0-16: is pushed and pulled by its name, whole, and runs', async () => {
  const image = `${cluster.named}/team/large:1`;
  await user.write('Dockerfile', 'FROM registry.k8s.io/pause:3.10.1\nCOPY random /random\n');
  await timed('build', `docker build -q --label ${user.label} -t ${image} .`);
  await timed('push through the ingress', `docker push ${image}`);
  const manifest = `SSL_CERT_FILE=${cluster.ca} crane manifest ${image}`;
  const size = Number((await user.sh(`${manifest} | jq '[.layers[].size] | max'`)).stdout);
  expect(size).toBeGreaterThan(LAYER_BYTES);
  const layer = (await user.sh(`${manifest} | jq -r '.layers | max_by(.size) | .digest'`)).stdout;
  const url = `https://${cluster.named}/v2/team/large/blobs/${layer}`;
  const sum = await timed('pull through the ingress', `curl -sS --fail --cacert ${cluster.ca} ${url} | sha256sum`);
  expect(`sha256:${sum.split(' ')[0]}`).toBe(layer);
  for (const program of ['/bin/registry', '/traefik']) {
    const peak = await peakMemory(program);
    process.stderr.write(`${program} had ${Math.round(peak / 1024 ** 2)} MB at most\n`);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(MEMORY_BYTES);
  }
  await runPod(user, cluster, 'large', { image });
});
