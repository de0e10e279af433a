/** The first minutes of a new user, from the clone to the first pull, on a machine with neither Docker nor kind. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildImage, exportLayout } from '../support/images.ts';
import { type Machine, openMachine } from '../support/machine.ts';
import { type Newcomer, welcomeNewcomer } from '../support/newcomer.ts';

const NAMED = 'registry.localtest.me:8443';
const LOCAL = 'localhost:5001';
const IMAGE = 'giteaadmin/first:1';

let machine: Machine;
let user: Newcomer;
let layout: string;
let digest: string;
let started: number;

beforeAll(async () => {
  machine = await openMachine({
    tools: ['buildah', 'curl', 'git', 'jq', 'podman', 'skopeo'],
    names: ['registry.localtest.me'],
  });
  await buildImage(machine, 'first:1', { layers: [2_000_000, 700] });
  layout = await exportLayout(machine, 'first:1', 'first');
  started = performance.now();
  user = await welcomeNewcomer(machine);
});

afterAll(() => machine?.[Symbol.asyncDispose]());

/** Pulls with nothing of an earlier pull, and without credentials. @returns the digest of what came */
async function pull(reference: string, flags = ''): Promise<string> {
  const { stdout } = await user.types(
    `d=$(mktemp -d); skopeo copy -q ${flags} docker://${reference} oci:$d:1; jq -r '.manifests[0].digest' $d/index.json`,
  );
  return stdout;
}

it('installs with a Node that is too old, and then runs on a current one', async () => {
  expect(user.node).toMatch(/^v(1\d|2[0-3])\./);
  await user.downloads('npm ci --no-audit --no-fund');
  const [outside, inside] = (await user.types('node --version; npx node --version')).stdout.split('\n');
  expect(outside).toBe(user.node);
  expect(inside).toMatch(/^v(24\.(1[5-9]|[2-9]\d)|2[5-9]|[3-9]\d)\./);
});

it('creates a registry with one command, and says how to go on', async () => {
  expect((await user.types('! command -v docker; ! command -v podman; ! command -v kind')).stdout).toBe('');
  const { stdout } = await user.types('npx devreg create');
  expect(stdout).toContain('The registry devreg is ready.');
  expect(stdout).toContain(`${NAMED}/NAME`);
  expect(stdout).toContain(`${LOCAL}/NAME`);
  expect(stdout).toMatch(/User +giteaAdmin$/m);
  const login = /^ +(.* \| skopeo login .*)$/m.exec(stdout)?.[1] ?? 'false';
  expect((await user.types(login)).output).toContain('Login Succeeded!');
});

it('takes an image over TLS with the credentials only', async () => {
  const push = `skopeo copy -q --digestfile digest oci:${layout} docker://${NAMED}/${IMAGE}`;
  await user.types(`${push}; skopeo logout ${NAMED}`);
  digest = (await user.types('cat digest')).stdout;
  const refused = await machine.fails(push.replace('first:1', 'second:1').replace('--digestfile digest', ''));
  expect(refused.output).toContain('unauthorized: authentication required');
  const { stdout } = await user.types(`npx devreg get secrets -p registry -o json | jq -r '.[0].data.password'`);
  await user.types(`skopeo copy -q --dest-creds 'giteaAdmin:${stdout}' oci:${layout} docker://${LOCAL}/${IMAGE}`);
});

it('gives it to everybody over TLS, by both names, and over plain HTTP', async () => {
  expect(await pull(`${NAMED}/${IMAGE}`)).toBe(digest);
  const seconds = (performance.now() - started) / 1000;
  process.stderr.write(`from the clone to the first pull: ${seconds.toFixed(0)} s\n`);
  expect(await pull(`${LOCAL}/${IMAGE}`)).toBe(digest);
  const { stdout } = await user.types(`curl -fsS http://${LOCAL}/v2/${IMAGE.replace(':', '/manifests/')} | sha256sum`);
  expect(`sha256:${stdout.split(' ')[0]}`).toBe(digest);
});

it('speaks plain HTTP alone when it is told to, with the same images and credentials', async () => {
  await user.types('npx devreg create --tls off');
  expect(await pull(`${LOCAL}/${IMAGE}`, '--src-tls-verify=false')).toBe(digest);
  const login = 'npx devreg get secrets -p registry -o password';
  await user.types(`${login} | skopeo login -u giteaAdmin --password-stdin --tls-verify=false ${LOCAL}`);
  await user.types(`skopeo copy -q --dest-tls-verify=false oci:${layout} docker://${LOCAL}/plain:1`);
  await user.types(`skopeo logout ${LOCAL}`);
  expect(await pull(`${LOCAL}/plain:1`, '--src-tls-verify=false')).toBe(digest);
  const { output } = await machine.fails(`curl -sS https://${LOCAL}/v2/`);
  expect(output).toMatch(/SSL|TLS/i);
});

it('is gone by one command', async () => {
  await user.types('npx devreg delete --yes');
  await machine.fails(`curl -sS http://${LOCAL}/v2/`);
  const trusted = join(machine.home, '.config/containers/certs.d');
  expect((await user.types(`find ${trusted} -type f 2>/dev/null || true`)).stdout).toBe('');
});
