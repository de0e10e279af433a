/** `doctor` for a registry that is a process: each trouble is made, named, mended by the printed command, and gone then. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import { kill } from 'node:process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { issueLeaf } from '../../src/certs/leaf.ts';
import { CLUSTER, NODES, openDesk, remember } from './support/engine.ts';
import { basic, listImages } from './support/image.ts';
import { processesWith } from './support/processes.ts';
import { ANY_PORTS, type Answer, create, secretOf, urlOf } from './support/registry.ts';
import { type World, makeWorld } from './support/world.ts';

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly code?: string;
  readonly message: string;
  readonly fix?: string;
}

type Changes = Parameters<World['run']>[1];

const codesOf = (findings: readonly Finding[]) => findings.flatMap(({ code }) => (code === undefined ? [] : [code]));

/** Files of the machine that runs the tests are not theirs. */
const isOurs = ({ check }: Finding) => check !== 'registries-conf';

async function examine(world: World, flags: readonly string[] = [], changes?: Changes): Promise<Finding[]> {
  const { stdout, stderr, exitCode } = await world.run(['doctor', '-o', 'json', ...flags], changes);
  if (exitCode !== 0 && exitCode !== 8) throw new Error(stderr);
  const findings = (JSON.parse(stdout) as Finding[]).filter(isOurs);
  expect(exitCode).toBe(findings.some(({ state }) => state === 'problem') ? 8 : 0);
  return findings;
}

function pick(findings: readonly Finding[], code: string): Finding {
  const found = findings.find((finding) => finding.code === code);
  if (found === undefined) throw new Error(`There is no ${code} in ${JSON.stringify(findings)}`);
  return found;
}

/** The printed command mends it, and brings no other trouble. */
async function expectMended(world: World, code: string): Promise<Finding> {
  const found = pick(await examine(world), code);
  const [program, ...argv] = (found.fix ?? '').split(' ');
  expect(program).toBe('devreg');
  await world.succeed(argv);
  expect(codesOf(await examine(world))).toEqual([]);
  return found;
}

async function killRegistry({ pid }: Answer, world: World): Promise<void> {
  kill(pid, 'SIGKILL');
  // Its lock and its ports are free by then.
  await expect.poll(() => processesWith(world.home), { timeout: 20_000 }).toEqual([]);
}

describe('a registry in good health', () => {
  it('passes, and an image goes in and out again', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    const findings = await examine(world);
    expect(codesOf(findings)).toEqual([]);
    expect(findings.find(({ check }) => check === 'self-test')?.message).toMatch(/^push, pull: sha256:/);
    expect(findings.find(({ check }) => check === 'engine')?.state).toBe('skipped');
    expect(await listImages({ url: urlOf(answer) })).toEqual({ repositories: ['devreg-doctor/self-test'] });
    const tags = await fetch(`${urlOf(answer)}/v2/devreg-doctor/self-test/tags/list`);
    expect(await tags.json()).toMatchObject({ tags: [] });
  });

  it('is told in words, and in the forms that scripts read', async () => {
    await using world = await makeWorld();
    await create(world, ...ANY_PORTS);
    const text = await world.succeed(['doctor', '--quick']);
    expect(text.stdout).toMatch(/^✓ ok {7}state: The registry devreg runs\.$/m);
    expect(text.stdout).toMatch(/^- skipped {2}self-test: Left out, as --quick says\.$/m);
    expect(text.stderr).toContain('All is well.');
    const yaml = parse((await world.succeed(['doctor', '--quick', '-o', 'yaml'])).stdout) as Finding[];
    expect(yaml.map(({ check }) => check)).toContain('door');
    expect((await world.succeed(['doctor', '--quick', '-o', 'jsonpath={[0].check}'])).stdout).toBe('engine');
    expect((await world.run(['doctor', '-o', 'wide'])).exitCode).toBe(2);
    expect((await world.run(['doctor', '--name', 'other'])).exitCode).toBe(3);
  });

  it('does without TLS', async () => {
    await using world = await makeWorld();
    await create(world, ...ANY_PORTS, '--tls', 'off');
    expect(codesOf(await examine(world))).toEqual([]);
  });
});

describe('trouble', () => {
  it('a process that was killed', async () => {
    await using world = await makeWorld();
    await killRegistry(await create(world, ...ANY_PORTS), world);
    const findings = await examine(world);
    expect(findings.find(({ check }) => check === 'self-test')?.state).toBe('skipped');
    await expectMended(world, 'REGISTRY_STOPPED');
  });

  it('S0-20: a port that somebody else has', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    await killRegistry(answer, world);
    const listener = await listenOn(Number(answer.names[1].split(':')[1]));
    const found = pick(await examine(world), 'PORT_IN_USE');
    expect(found.fix).toBe(`kill ${process.pid}`);
    listener.close();
    await once(listener, 'close');
    expect(codesOf(await examine(world))).toEqual(['REGISTRY_STOPPED']);
    await expectMended(world, 'REGISTRY_STOPPED');
  });

  it('a door behind which somebody else answers', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    const file = join(world.home, '.local/share/devreg/ca/ca.crt');
    await using other = await makeWorld({ withAuthority: false });
    await create(other, ...ANY_PORTS);
    const own = await readFile(file, 'utf8');
    await writeFile(file, await readFile(join(other.home, '.local/share/devreg/ca/ca.crt')));
    const findings = await examine(world);
    expect(codesOf(findings)).toEqual(expect.arrayContaining(['CERTIFICATE_UNTRUSTED', 'TRUST_FILE_OTHER']));
    expect(JSON.stringify(findings)).toContain(answer.names[0]);
    await writeFile(file, own);
    expect(codesOf(await examine(world))).toEqual([]);
  });

  it('a certificate that is over', async () => {
    await using world = await makeWorld();
    await create(world, ...ANY_PORTS);
    await expire(world);
    const seen = async () => codesOf(await examine(world, ['--quick']));
    // The registry reads it again by itself.
    await expect.poll(seen, { timeout: 20_000 }).toEqual(['CERTIFICATE_EXPIRED', 'CERTIFICATE_EXPIRED']);
    await world.succeed((pick(await examine(world), 'CERTIFICATE_EXPIRED').fix ?? '').split(' ').slice(1));
    await expect.poll(seen, { timeout: 20_000 }).toEqual([]);
  });

  it('files of clients, and the authority itself, that are gone', async () => {
    await using world = await makeWorld();
    const { names } = await create(world, ...ANY_PORTS);
    await rm(join(world.home, '.config/containers/certs.d', names[0], 'ca.crt'));
    expect((await expectMended(world, 'TRUST_FILE_MISSING')).message).toContain(names[0]);
    await rm(join(world.home, '.local/share/devreg/ca/ca.crt'));
    await expectMended(world, 'AUTHORITY_LOST');
  });

  it('a password that is lost', async () => {
    await using world = await makeWorld();
    await create(world, ...ANY_PORTS);
    await rm(join(world.home, '.local/state/devreg/registries/devreg/password'));
    await expectMended(world, 'CREDENTIALS_LOST');
  });

  it('S0-23: logins from before', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    const { username, password } = await secretOf(world);
    const query = new URLSearchParams({ offline_token: 'true', service: 'devreg' });
    const asked = await fetch(`${urlOf(answer)}/v2/token?${query}`, {
      headers: { authorization: basic(username, password) },
    });
    const { refresh_token: identitytoken } = (await asked.json()) as { refresh_token: string };
    const [byHost, local] = answer.names;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    await mkdir(join(world.home, '.docker'));
    const auths = { [byHost]: { auth }, [local]: { auth: '', identitytoken } };
    await writeFile(join(world.home, '.docker/config.json'), JSON.stringify({ auths }));
    expect((await examine(world)).find(({ check }) => check === 'login')?.message).toBe('docker: logged in.');
    await world.succeed(['create', '--rotate-password']);
    const found = pick(await examine(world), 'LOGIN_STALE');
    expect(found).toMatchObject({ state: 'warning', fix: 'devreg login --name devreg --client docker' });
    expect(found.message).toContain(byHost);
    expect(found.message).toContain(local);
  });

  it('names and proxies', async () => {
    await using world = await makeWorld();
    await create(world, ...ANY_PORTS);
    const env = { PATH: '', HTTPS_PROXY: 'http://u:secret@proxy:3128' };
    const findings = await examine(world, ['--quick'], { resolvesHere: async () => false, env });
    expect(codesOf(findings)).toEqual(['PROXY_CATCHES', 'HOST_NAME_UNKNOWN']);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  it('several at once are mended by --fix, and what is left is said', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    await killRegistry(answer, world);
    await rm(join(world.home, '.config/containers/certs.d', answer.names[1], 'ca.crt'));
    const left = await examine(world, ['--fix'], { resolvesHere: async () => false });
    expect(codesOf(left)).toEqual(['HOST_NAME_UNKNOWN']);
    expect(left.find(({ check }) => check === 'self-test')?.state).toBe('ok');
  });
});

describe('without a registry', () => {
  it('looks at the machine', async () => {
    await using world = await makeWorld();
    const findings = await examine(world);
    expect(codesOf(findings)).toEqual(['ENGINE_ABSENT']);
    expect(findings.map(({ check }) => check)).not.toContain('state');
  });

  it('tells of a record that is damaged', async () => {
    await using world = await makeWorld();
    const folder = join(world.home, '.local/state/devreg/registries/devreg');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'record.json'), '{');
    expect(pick(await examine(world), 'RECORD_DAMAGED').message).toContain(folder);
  });
});

describe('clusters', () => {
  it('that were never finished, or are gone, are told of by name', async () => {
    await using desk = await openDesk('docker', 'kind');
    const { world, programs } = desk;
    await remember(world, { ...CLUSTER, name: 'half', stage: 'creating' });
    await programs.addCluster('half', NODES);
    await remember(world, { ...CLUSTER, name: 'gone' });
    await remember(world, { ...CLUSTER, name: 'elsewhere', engine: 'podman' });
    const { stdout } = await desk.run('doctor', '--name', 'gone', '-o', 'json');
    const findings = JSON.parse(stdout) as Finding[];
    expect(pick(findings, 'CLUSTER_UNFINISHED')).toMatchObject({ state: 'warning', fix: 'devreg delete --name half' });
    expect(JSON.stringify(findings)).not.toContain('elsewhere');
    expect(pick(findings, 'CLUSTER_MISSING')).toMatchObject({ state: 'problem', fix: 'devreg create --name gone' });
  });

  it('whose engine says strange things do not end the look', async () => {
    await using desk = await openDesk('docker', 'kind');
    await remember(desk.world, { ...CLUSTER, name: 'dev' });
    await desk.programs.addCluster('dev', NODES);
    const { stdout, exitCode } = await desk.run('doctor', '--quick', '-o', 'json');
    expect(exitCode).toBe(8);
    const findings = JSON.parse(stdout) as Finding[];
    expect(codesOf(findings)).toEqual(expect.arrayContaining(['ENGINE_FAILED', 'DOOR_CLOSED', 'PORT_UNMAPPED']));
  });
});

/** A process that was killed has its ports for a moment longer. */
async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  const attempt = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server.listening;
  };
  await expect.poll(attempt, { timeout: 20_000 }).toBe(true);
  return server;
}

/** Gives the registry a certificate of three years ago. */
async function expire(world: World): Promise<void> {
  const data = join(world.home, '.local/share/devreg');
  const read = (file: string) => readFile(join(data, file), 'utf8');
  const authority = {
    certificate: new X509Certificate(await read('ca/ca.crt')),
    key: createPrivateKey(await read('ca/ca.key')),
  };
  const now = new Date(Date.now() - 3 * 365 * 24 * 60 * 60 * 1000);
  const key = createPrivateKey(await read('registries/devreg/tls/tls.key'));
  const { certificate } = await issueLeaf(authority, { names: ['registry.localtest.me', 'localhost'], now, key });
  await writeFile(join(data, 'registries/devreg/tls/tls.crt'), certificate.toString());
}
