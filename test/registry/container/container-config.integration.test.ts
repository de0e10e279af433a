/** The whole configuration of a container, from variables and files. */
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContainerConfig } from '../../../src/registry/container/container-config.ts';
import { newPassword } from '../../support/accounts.ts';

async function openFolder(files: Readonly<Record<string, string>>) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-container-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  return { at: (name: string) => join(folder.path, name), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('a container', () => {
  it('is what registry:2 is where nobody says otherwise (S2-01)', async () => {
    const { config, ignored } = await readContainerConfig({ PATH: '/bin' }, undefined);
    expect(config).toMatchObject({
      dataDir: '/var/lib/registry',
      listen: [{ host: '0.0.0.0', port: 5000 }],
      tls: undefined,
      anonymousPush: true,
      users: [],
    });
    expect(ignored).toEqual([]);
  });

  it('is not open to all when there is a user, unless that is asked for', async () => {
    const [password, token] = [newPassword(), newPassword()];
    await using folder = await openFolder({ password: `${password}\n`, token: `${token}\r\n` });
    const user = {
      DEVREG_USER: 'admin',
      DEVREG_PASSWORD_FILE: folder.at('password'),
      DEVREG_TOKEN_FILE: folder.at('token'),
    };
    const { config } = await readContainerConfig(user, undefined);
    expect(config).toMatchObject({ anonymousPush: false, users: [{ name: 'admin', password, token }] });
    const open = await readContainerConfig({ ...user, DEVREG_ANONYMOUS_PUSH: 'true' }, undefined);
    expect(open.config.anonymousPush).toBe(true);
  });

  it('takes a variable before the file, unless it is empty', async () => {
    await using folder = await openFolder({
      'c.yml': 'http: {addr: ":1", tls: {certificate: /c}}\nlog: {formatter: text}',
    });
    const environment = { REGISTRY_HTTP_TLS_KEY: '/k', REGISTRY_CONFIGURATION_PATH: folder.at('c.yml') };
    const { config, ignored, files } = await readContainerConfig(environment, undefined);
    expect(files).toEqual([folder.at('c.yml')]);
    expect(config).toMatchObject({ listen: [{ port: 1 }], tls: { cert: '/c', key: '/k' } });
    expect(ignored).toEqual(['REGISTRY_LOG_FORMATTER']);
    const other = await readContainerConfig({ ...environment, REGISTRY_HTTP_ADDR: ':2' }, folder.at('c.yml'));
    expect(other.config.listen).toEqual([{ host: '0.0.0.0', port: 2 }]);
    const empty = await readContainerConfig({ ...environment, REGISTRY_HTTP_ADDR: '' }, folder.at('c.yml'));
    expect(empty.config.listen).toEqual([{ host: '0.0.0.0', port: 1 }]);
  });

  it('names every problem, and the file where it is of one', async () => {
    await using folder = await openFolder({
      'c.yml':
        'auth: {htpasswd: {realm: x}}\nproxy: {remoteurl: "https://a.test"}\nstorage: {maintenance: {readonly: {enabled: false}}}\n',
    });
    const reading = readContainerConfig({ DEVREG_DURABILITY: 'x', REGISTRY_PROXY_REMOTEURL: 'y' }, folder.at('c.yml'));
    await expect(reading).rejects.toMatchObject({
      name: 'ContainerConfigError',
      problems: [
        expect.stringMatching(/^REGISTRY_AUTH_HTPASSWD_REALM is not supported: .* in .*c\.yml\.$/),
        expect.stringMatching(/^REGISTRY_PROXY_REMOTEURL is not supported: (?!.*c\.yml)/),
        expect.stringContaining('DEVREG_DURABILITY'),
      ],
    });
  });

  it.each([
    ['', /nothing in/],
    ['\n', /nothing in/],
    ['x'.repeat(4097), /too long/],
    ['one\ntwo\n', /more than one line in/],
    ['one\rtwo', /more than one line in/],
    [undefined, /There is no file/],
  ])('does not start with a password file that holds %j', async (text, problem) => {
    await using folder = await openFolder(text === undefined ? {} : { password: text });
    const environment = { DEVREG_USER: 'admin', DEVREG_PASSWORD_FILE: folder.at('password') };
    await expect(readContainerConfig(environment, undefined)).rejects.toMatchObject({
      name: 'SecretUnreadableError',
      message: expect.stringMatching(problem),
    });
  });
});
