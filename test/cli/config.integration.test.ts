/** Configuration files: which are read, what counts before what, and what is said about them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type World, makeWorld } from './support/world.ts';

const HEAD = 'apiVersion: devreg.dev/v1\nkind: Cluster\n';

async function openProject(files: Readonly<Record<string, string>>) {
  const world = await makeWorld({ withAuthority: false });
  for (const [name, options] of Object.entries(files)) {
    await mkdir(dirname(join(world.home, name)), { recursive: true });
    await writeFile(join(world.home, name), options.startsWith('raw:') ? options.slice(4) : HEAD + options);
  }
  const at = (folder: string, env: Readonly<Record<string, string>> = {}): Parameters<World['run']>[1] => ({
    env: { PATH: '', ...env },
    machine: { ...MACHINE, home: world.home, folder: join(world.home, folder) },
  });
  return { ...world, at, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const MACHINE = {
  platform: 'linux',
  arch: 'x64',
  nodeVersion: process.version,
  hostname: 'here',
  user: 'somebody',
} as const;

const USER = '.config/devreg/config.yaml';
const GIT = 'work/.git/HEAD';

describe('what is asked for', () => {
  it('counts from the command line, then from a variable, from the project, and from the user', async () => {
    await using project = await openProject({
      [GIT]: 'raw:',
      [USER]: 'workers: 1\nhost: user.localtest.me\nuser: me\n',
      'work/devreg.yaml': 'workers: 2\nhost: project.localtest.me\n',
    });
    const workers = async (argv: readonly string[], env: Record<string, string> = {}) => {
      const { stdout } = await project.succeed(['config', 'render', 'kind', ...argv], project.at('work/deep', env));
      return (parse(stdout) as { nodes: unknown[] }).nodes.length - 1;
    };
    expect(await workers(['--workers', '4'], { DEVREG_WORKERS: '3' })).toBe(4);
    expect(await workers([], { DEVREG_WORKERS: '3' })).toBe(3);
    expect(await workers([])).toBe(2);
    await writeFile(join(project.home, 'work/devreg.yaml'), `${HEAD}host: project.localtest.me\n`);
    expect(await workers([])).toBe(1);
    await writeFile(join(project.home, USER), HEAD);
    expect(await workers([])).toBe(0);
  });

  it('is shown with where it stands', async () => {
    await using project = await openProject({
      [USER]: 'user: me\nworkers: 9\n',
      'work/devreg.yaml': 'workers: 2\n',
      [GIT]: 'raw:',
    });
    const at = project.at('work', { DEVREG_SAN: 'a,b', DEVREG_TIMEOUT: '90' });
    const { stdout } = await project.succeed(['config', 'view'], at);
    expect(stdout).toBe(`${HEAD}user: me\ntimeout: "90"\nworkers: 2\nsan:\n  - a\n  - b\n`);
    const { stdout: json } = await project.succeed(['config', 'view', '--sources', '-o', 'json'], at);
    expect(JSON.parse(json)).toEqual({
      user: { value: 'me', source: `user (${join(project.home, USER)}, line 3)` },
      timeout: { value: '90', source: 'DEVREG_TIMEOUT' },
      workers: { value: 2, source: 'workers (devreg.yaml, line 3)' },
      san: { value: ['a', 'b'], source: 'DEVREG_SAN' },
    });
    const { stdout: yaml } = await project.succeed(['config', 'view', '--sources'], at);
    expect(yaml).toContain('# workers (devreg.yaml, line 3)\nworkers: 2\n');
    expect((await project.run(['config', 'view'], project.at('work', { DEVREG_PORT: 'x' }))).stderr).toContain(
      'DEVREG_PORT must be a port',
    );
  });

  it('has paths from its own folder on', async () => {
    await using project = await openProject({
      [GIT]: 'raw:',
      'work/devreg.yaml':
        'dataDir: images\nkindConfig: kind.yaml\npasswordFile: ~/secret\nregistryConfig: [$HOME/a, b]\n',
    });
    const view = ['config', 'view', '-o', 'json'];
    // Two of them lead out of it, which takes somebody who names the file.
    expect(await project.run(view, project.at('work/deep'))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/CONFIG_FILE_OUTWARD.*passwordFile .* registryConfig /s),
    });
    const { stdout } = await project.succeed([...view, '--config', '../devreg.yaml'], project.at('work/deep'));
    expect(JSON.parse(stdout)).toMatchObject({
      dataDir: join(project.home, 'work/images'),
      kindConfig: join(project.home, 'work/kind.yaml'),
      passwordFile: join(project.home, 'secret'),
      registryConfig: ['$HOME/a', join(project.home, 'work/b')],
    });
  });

  it('is said by create where it is from files', async () => {
    await using project = await openProject({ 'work/devreg.yaml': 'workers: 2\nhost: "*"\n' });
    const { stderr } = await project.run(['create', '--provider', 'process'], project.at('work'));
    const sources = 'workers (devreg.yaml, line 3), host (devreg.yaml, line 4)';
    expect(stderr).toContain(`Asked for in configuration files: ${sources}.\n`);
  });

  it('makes sense together, or says which line does not', async () => {
    await using project = await openProject({ 'work/devreg.yaml': 'port: 5001\nhost: "*"\n' });
    const { stderr, exitCode } = await project.run(['config', 'render', 'kind'], project.at('work'));
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('PORTS_EQUAL') });
  });
});

describe('a configuration file', () => {
  it.each([
    ['work/a/b', 'work/devreg.yaml'],
    ['work', 'work/devreg.yaml'],
    ['other/a', 'devreg.yaml'],
    ['repository/a', USER],
  ])('in %s is %s', async (folder, found) => {
    await using project = await openProject({
      [GIT]: 'raw:',
      'repository/.git/HEAD': 'raw:',
      'work/devreg.yaml': '',
      'devreg.yaml': '',
      [USER]: '',
    });
    const { stdout } = await project.succeed(['config', 'path'], project.at(folder));
    expect(stdout.split('\n')[0]).toBe(join(project.home, found));
  });

  it('outside of home and repositories is that of the folder alone', async () => {
    await using project = await openProject({ 'devreg.yaml': '', 'a/b/.keep': 'raw:' });
    const elsewhere = (folder: string) => {
      const at = project.at(folder);
      return { ...at, machine: { ...MACHINE, home: '/nowhere', folder: join(project.home, folder) } };
    };
    expect((await project.succeed(['config', 'path'], elsewhere('.'))).stdout).toBe(
      join(project.home, 'devreg.yaml\n'),
    );
    expect((await project.succeed(['config', 'path'], elsewhere('a/b'))).stdout).toBe('');
  });

  it('may be another one, which then must be there', async () => {
    await using project = await openProject({ 'work/devreg.yaml': 'workers: 2\n', 'other.yaml': 'workers: 3\n' });
    const view = async (argv: readonly string[], env = {}) =>
      (await project.succeed(['config', 'view', ...argv], project.at('work', env))).stdout;
    expect(await view(['--config', '../other.yaml'])).toBe(`${HEAD}workers: 3\n`);
    expect(await view([], { DEVREG_CONFIG: '../other.yaml' })).toBe(`${HEAD}workers: 3\n`);
    const { stderr, exitCode } = await project.run(['config', 'view', '--config', 'none.yaml'], project.at('work'));
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('CONFIG_FILE_MISSING') });
  });

  it('that is broken stops what needs it, by name and line, and nothing else', async () => {
    await using project = await openProject({ 'work/devreg.yaml': 'workrs: 2\n' });
    for (const argv of [['create'], ['status'], ['config', 'view']]) {
      const { stderr, exitCode } = await project.run(argv, project.at('work'));
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('devreg.yaml, line 3: there is no option "workrs"; did you mean workers.'),
      });
    }
    for (const argv of [['version'], ['config', 'schema'], ['config', 'path'], ['completion', 'bash']])
      expect(await project.run(argv, project.at('work'))).toMatchObject({ exitCode: 0 });
  });

  it('says to every command which registry is meant, and nothing more', async () => {
    await using project = await openProject({ 'work/devreg.yaml': 'name: mine\nuser: me\n' });
    const { stderr, exitCode } = await project.run(['get', 'secrets'], project.at('work'));
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('called mine') });
    expect((await project.run(['get', 'secrets'], project.at('work', { DEVREG_NAME: 'b' }))).stderr).toContain(
      'called b',
    );
    expect((await project.run(['delete', '--all'], project.at('work'))).exitCode).toBe(0);
  });
});

it('the schema is one that editors read', async () => {
  await using project = await openProject({});
  const { stdout } = await project.succeed(['config', 'schema']);
  expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.stringContaining('draft-07'), type: 'object' });
});
