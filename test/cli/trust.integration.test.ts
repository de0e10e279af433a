/** `trust`, `untrust` and `doctor explain`, as far as they touch nothing but the user's own folders. */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openState } from '../../src/workflows/open-state.ts';
import { RECORD } from '../state/sample-record.ts';
import { type World, makeWorld } from './support/world.ts';

const buildkitd = (world: World) => join(world.home, '.docker/buildx/buildkitd.default.toml');

async function remember(world: World, tls: 'auto' | 'off' = 'auto'): Promise<void> {
  const { records } = openState({ platform: 'linux', home: world.home, env: {} });
  const settings = { ...RECORD.settings, tls, dataDir: join(world.home, 'data') };
  await records.save({ ...RECORD, settings, process: undefined, trusted: [], madeFolder: undefined });
}

describe('trust', () => {
  it('writes for every name of the registry, and untrust gives back what was there', async () => {
    await using world = await makeWorld();
    await remember(world);
    await mkdir(join(world.home, '.docker/buildx'), { recursive: true });
    await writeFile(buildkitd(world), 'debug = true');
    const before = await readdir(world.home, { recursive: true });
    const { stdout, stderr } = await world.succeed(['trust', 'buildx']);
    expect(stdout).toMatch(/^TARGET +OUTCOME +WHAT\nbuildx +changed +\S+\n$/);
    expect(stderr).toContain('+ [registry."localhost:5001"]');
    const text = await readFile(buildkitd(world), 'utf8');
    expect(text).toMatch(/^debug = true\n# devreg trust registry\.localtest\.me:8443\n/);
    expect((await world.succeed(['trust', 'buildx'])).stdout).toContain('unchanged');
    expect((await world.succeed(['untrust', '-o', 'json'])).stdout).toContain('"outcome": "restore"');
    expect(await readFile(buildkitd(world), 'utf8')).toBe('debug = true');
    const left = (await readdir(world.home, { recursive: true })).filter((name) => !before.includes(name));
    expect(left.filter((name) => !name.includes('locks'))).toEqual([]);
  });

  it('--print writes nothing', async () => {
    await using world = await makeWorld();
    await remember(world);
    const { stdout } = await world.succeed(['trust', '--print', 'docker', '--registry', 'server01:5000']);
    expect(stdout).toContain('/etc/docker/certs.d/server01:5000/ca.crt\n');
    expect(await readdir(world.home)).not.toContain('.docker');
  });

  it('changes nothing of root without a yes', async () => {
    await using world = await makeWorld();
    await remember(world);
    const asked = await world.run(['trust', 'docker', '--registry', 'devreg-test.invalid:1'], {
      isTerminal: true,
      input: 'n\n',
    });
    expect(asked).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('NOT_CONFIRMED') });
    const alone = await world.run(['trust', 'docker', '--registry', 'devreg-test.invalid:1']);
    expect(alone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--yes') });
  });

  it.each([
    [['trust', 'dockre'], 2, 'TARGET_UNKNOWN'],
    [['trust', 'node', '--insecure'], 2, 'TARGET_UNFIT'],
    [['trust', '--registry', '../x'], 2, 'REGISTRY_INVALID'],
    [['trust', '--registry', 'a:1', '--ca-file', '/nowhere'], 2, 'FILE_MISSING'],
    [['trust', '--insecure', '--ca-file', 'x'], 2, 'OPTIONS_CLASH'],
    [['trust', '--name', 'other'], 3, 'REGISTRY_NOT_FOUND'],
    [['untrust', '--name', 'other'], 3, 'REGISTRY_NOT_FOUND'],
    [['untrust', '--name', 'devreg', '--registry', 'a:1'], 2, 'OPTIONS_CLASH'],
    [['trust', 'status', '--name', 'other'], 3, 'REGISTRY_NOT_FOUND'],
  ])('%j ends with %d, %s', async (argv, exitCode, code) => {
    await using world = await makeWorld();
    await remember(world);
    expect(await world.run(argv)).toMatchObject({ exitCode, stderr: expect.stringContaining(`code: ${code}`) });
  });

  it('takes no key for a certificate', async () => {
    await using world = await makeWorld();
    const folder = join(world.home, '.local/share/devreg/ca');
    const both = join(world.home, 'both.pem');
    await writeFile(
      both,
      `${await readFile(join(folder, 'ca.crt'), 'utf8')}${await readFile(join(folder, 'ca.key'), 'utf8')}`,
    );
    for (const file of [join(folder, 'ca.key'), both]) {
      const result = await world.run(['trust', 'buildx', '--registry', 'a:1', '--ca-file', file]);
      expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('CA_FILE_INVALID') });
    }
  });

  it('status tells what is trusted, and why', async () => {
    await using world = await makeWorld();
    await remember(world);
    await world.succeed(['trust', 'buildx']);
    const { stdout } = await world.succeed(['trust', 'status', '-o', 'json']);
    const rows = JSON.parse(stdout) as { target: string; registry: string; state: string; because: string }[];
    const of = (target: string, registry: string) =>
      rows.find((row) => row.target === target && row.registry === registry);
    expect(of('buildx', 'localhost:5001')).toMatchObject({ state: 'trusted', because: buildkitd(world) });
    expect(of('docker', 'localhost:5001')).toMatchObject({ state: 'trusted' });
    expect(of('docker', 'registry.localtest.me:8443')).toMatchObject({ state: 'not' });
  });
});

describe('doctor explain', () => {
  const REFUSED =
    'Error response from daemon: Get "https://registry.localtest.me:8443/v2/": dial tcp 127.0.0.1:8443: connect: connection refused';

  it('goes by the registry that is here', async () => {
    await using world = await makeWorld();
    await remember(world);
    const { stdout } = await world.succeed(['doctor', 'explain', REFUSED, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'connection-refused',
      client: 'docker',
      name: 'devreg',
      cause: 'The registry devreg does not run: it is stopped.',
      commands: ['devreg create', 'devreg status'],
    });
  });

  it.each([[['-']], [[]]])('reads standard input for %j', async (more) => {
    await using world = await makeWorld();
    const { stdout } = await world.succeed(['doctor', 'explain', ...more], { input: `noise\n${REFUSED}\n` });
    expect(stdout).toMatch(/^Nothing listens at that address\.\n.*\n\n {2}devreg status\n$/);
  });

  it('knows the login that docker has', async () => {
    await using world = await makeWorld();
    await remember(world);
    await mkdir(join(world.home, '.docker'));
    await writeFile(join(world.home, '.docker/config.json'), '{"auths":{"localhost:5001":{"auth":"YTpi"}}}');
    const text = 'Get "https://localhost:5001/v2/a/manifests/1": no basic auth credentials';
    expect((await world.succeed(['doctor', 'explain', text])).stdout).toContain(
      'docker has a login for localhost:5001',
    );
  });

  it('says so when it does not know a text, and when there is none', async () => {
    await using world = await makeWorld();
    expect(await world.run(['doctor', 'explain', 'hello world'])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/ERROR_UNKNOWN/),
    });
    const silent = await world.run(['doctor', 'explain'], { input: '\n' });
    expect(silent).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('TEXT_MISSING') });
  });
});
