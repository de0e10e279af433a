/** What a file of a project may not ask for by itself. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { refuseOutward } from '../../src/config/outward.ts';

async function makeProject(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'devreg-outward-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'project'));
  await writeFile(join(folder, 'project/password'), 'x');
  await symlink('/etc/passwd', join(folder, 'project/link'));
  return join(folder, 'project');
}

const option = (name: string, text: string) => [name, { source: `${name} (line 3)`, rank: 2, texts: [text] }] as const;

it.each([
  ['passwordFile', 'password'],
  ['passwordFile', 'not/there/yet'],
  ['dataDir', '..data'],
  ['host', '../../elsewhere'],
])('may name %s %s', async (name, path) => {
  const project = await makeProject();
  const text = name === 'host' ? path : join(project, path);
  await refuseOutward([option(name, text)], join(project, 'devreg.yaml'));
});

it.each([
  ['passwordFile', '/etc/passwd'],
  ['passwordFile', 'link'],
  ['dataDir', '..'],
  ['registryConfig', '../.docker/config.json'],
  ['registryConfig', '$HOME/.docker/config.json'],
  ['listen', '0.0.0.0'],
])('may not name %s %s', async (name, path) => {
  const project = await makeProject();
  const isPath = name !== 'listen' && !path.startsWith('$') && !path.startsWith('/');
  const text = isPath ? join(project, path) : path;
  await expect(refuseOutward([option(name, text)], join(project, 'devreg.yaml'))).rejects.toMatchObject({
    code: 'CONFIG_FILE_OUTWARD',
    message: expect.stringContaining(`${name} (line 3)`),
  });
});

it('may ask to listen on loopback, and for a configuration from elsewhere by its address', async () => {
  const project = await makeProject();
  const options = [option('listen', '127.0.0.1'), option('kindConfig', 'https://example.com/kind.yaml')];
  await refuseOutward(options, join(project, 'devreg.yaml'));
});
