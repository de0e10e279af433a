/** `create`, `status`, `get secrets` and `delete`, with real processes, ports and files (C-01, S0-05 to S0-07). */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { kill } from 'node:process';
import { describe, expect, it } from 'vitest';
import { basic, listImages, pushImage } from './support/image.ts';
import { ANY_PORTS, create, secretOf, urlOf } from './support/registry.ts';
import { treeOf } from './support/tree.ts';
import { makeWorld, normalise } from './support/world.ts';

/** Asks over TLS, as a client that has the CA and for which the name leads here. */
async function askByTls(name: string, ca: string): Promise<number | undefined> {
  const [host, port] = name.split(':');
  const options = {
    host: '127.0.0.1',
    port,
    servername: isIP(host ?? '') === 0 ? host : '',
    ca: await readFile(ca),
    path: '/v2/_catalog',
    agent: false,
  };
  return new Promise((resolve, reject) => {
    request(options, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

it('makes a registry that pushes, pulls, tells its secrets, and goes', async () => {
  await using world = await makeWorld({ withAuthority: false });
  const first = await world.succeed(['create', ...ANY_PORTS]);
  expect(normalise(first.stderr, world)).toMatchInlineSnapshot(`
    "There is no container engine: neither docker nor podman is on the PATH. So the registry runs as a process of this machine. For a cluster, install Docker and kind.
    Made a certificate authority for this user, <home>/.local/share/devreg/ca/ca.crt.
    Starting the registry …
    "
  `);
  expect(normalise(first.stdout, world)).toMatchInlineSnapshot(`
    "The registry devreg is ready.

      Images     registry.localtest.me:<port>/NAME
                 localhost:<port>/NAME
      User       giteaAdmin
      Password   <devreg> get secrets -p registry -o password
      CA         <home>/.local/share/devreg/ca/ca.crt
      Data       <home>/.local/share/devreg/registries/devreg

    Next:
      <devreg> get secrets -p registry
      curl http://localhost:<port>/v2/_catalog
      <devreg> status
    "
  `);

  const again = await create(world);
  const secret = await secretOf(world);
  const url = urlOf(again);
  expect(await pushImage({ url }, 'nobody/app')).toBe(401);
  expect(await pushImage({ url, authorization: basic(secret.username, secret.password) }, 'giteaadmin/app')).toBe(201);
  expect(await pushImage({ url, authorization: `Bearer ${secret.token}` }, 'giteaadmin/other')).toBe(201);
  expect(await listImages({ url })).toEqual({ repositories: ['giteaadmin/app', 'giteaadmin/other'] });
  for (const name of [...again.names, '127.0.0.1:' + again.names[0].split(':')[1]])
    expect(await askByTls(name, secret.ca)).toBe(200);

  expect(normalise((await world.succeed(['status'])).stdout, world)).toMatchInlineSnapshot(`
    "NAME     PROVIDER   STATE     REGISTRY                                       SINCE
    devreg   process    running   registry.localtest.me:<port>, localhost:<port>   <time>
    "
  `);
  expect(normalise((await world.succeed(['get', 'secrets', '-p', 'gitea'])).stdout, world)).toMatchInlineSnapshot(`
    "NAME                  NAMESPACE   USERNAME     PASSWORD                           TOKEN                                                                 DATA
    registry-credential   devreg      giteaAdmin   <password>   <token>   3
    "
  `);
  expect(normalise((await world.succeed(['get', 'secrets', '-o', 'yaml'])).stdout, world)).toMatchInlineSnapshot(`
    "- IsCore: true
      name: registry-credential
      namespace: devreg
      username: giteaAdmin
      password: <password>
      token: <token>
      registry: registry.localtest.me:<port>
      url: https://registry.localtest.me:<port>
      ca: <home>/.local/share/devreg/ca/ca.crt
      data:
        username: giteaAdmin
        password: <password>
        token: <token>
    "
  `);

  const gone = await world.succeed(['delete']);
  expect(normalise(gone.stdout + gone.stderr, world)).toMatchInlineSnapshot(`
    "Deleted the registry devreg.
    Stopping the registry …
    Its images stay in <home>/.local/share/devreg/registries/devreg, its password stays too; delete --volumes removes both.
    "
  `);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

describe('create again', () => {
  it('finds it running and changes nothing', async () => {
    await using world = await makeWorld();
    const first = await create(world, ...ANY_PORTS);
    const secret = await secretOf(world);
    const before = await treeOf(world.home);
    const started = performance.now();
    expect(await create(world)).toEqual({ ...first, outcome: 'kept' });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await create(world, ...ANY_PORTS)).toEqual({ ...first, outcome: 'kept' });
    expect(await secretOf(world)).toEqual(secret);
    const { ['.local/state/devreg/registries/devreg/registry.log']: _log, ...after } = await treeOf(world.home);
    expect(before).toMatchObject(after);
  });

  it('starts one that was killed, with the same ports, password and images', async () => {
    await using world = await makeWorld();
    const first = await create(world, ...ANY_PORTS);
    const secret = await secretOf(world);
    await pushImage({ url: urlOf(first), authorization: basic(secret.username, secret.password) }, 'team/app');
    kill(first.pid, 'SIGKILL');
    await expect
      .poll(async () => (await world.succeed(['status', '-o', 'jsonpath={[0].state}'])).stdout)
      .toBe('stopped');
    const second = await create(world);
    expect(second).toEqual({ ...first, outcome: 'started', pid: expect.any(Number) });
    expect(second.pid).not.toBe(first.pid);
    expect(await secretOf(world)).toEqual(secret);
    expect(await listImages({ url: urlOf(second) })).toEqual({ repositories: ['team/app'] });
  });

  it('restarts one that is wanted otherwise, and takes back the trust of names it no longer has', async () => {
    await using world = await makeWorld();
    const first = await create(world, ...ANY_PORTS);
    const second = await create(world, '--host', 'Other.localtest.me');
    expect(second).toMatchObject({
      outcome: 'restarted',
      names: [`other.localtest.me:${first.names[0].split(':')[1]}`, first.names[1]],
    });
    expect(await askByTls(second.names[0], second.ca)).toBe(200);
    const trusted = Object.keys(await treeOf(join(world.home, '.config/containers/certs.d'))).filter((name) =>
      name.endsWith('ca.crt'),
    );
    expect(trusted).toEqual(second.names.map((name) => `${name}/ca.crt`).toSorted());
  });

  it('draws a new password when asked to, and the old one is worth nothing', async () => {
    await using world = await makeWorld();
    const first = await create(world, ...ANY_PORTS);
    const old = await secretOf(world);
    const second = await create(world, '--rotate-password');
    const fresh = await secretOf(world);
    expect(fresh.password).not.toBe(old.password);
    expect(second).toMatchObject({ outcome: 'restarted', names: first.names });
    const tryWith = (authorization: string) => pushImage({ url: urlOf(second), authorization }, 'team/app');
    expect(await tryWith(basic(old.username, old.password))).toBe(401);
    expect(await tryWith(`Bearer ${old.token}`)).toBe(401);
    expect(await tryWith(basic(fresh.username, fresh.password))).toBe(201);
    expect(await tryWith(`Bearer ${fresh.token}`)).toBe(201);
  });
});

it('does without TLS when asked to, and leaves the trust of clients alone', async () => {
  await using world = await makeWorld({ withAuthority: false });
  const { names, ca } = await create(world, ...ANY_PORTS, '--tls', 'off');
  expect(ca).toBeNull();
  expect(await treeOf(join(world.home, '.local/share/devreg/ca'))).toEqual({});
  expect(await listImages({ url: `http://${names[0].replace('registry.localtest.me', '127.0.0.1')}` })).toEqual({
    repositories: [],
  });
  expect(await treeOf(join(world.home, '.config'))).toEqual({});
  await expect(askByTls(names[0], join(import.meta.dirname, 'support/world.ts'))).rejects.toThrow();
});

it('keeps secrets from command lines, environments, logs and other users', async () => {
  await using world = await makeWorld();
  const { pid, names } = await create(world, ...ANY_PORTS);
  const { password, token } = await secretOf(world);
  await pushImage({ url: `http://${names[1]}`, authorization: basic('giteaAdmin', password) }, 'team/app');
  await world.succeed(['delete']);
  const seen = [await readFile(join(world.home, '.local/state/devreg/registries/devreg/password'), 'utf8')];
  expect(seen).toEqual([`${password}\n`]);
  const restarted = await create(world, ...ANY_PORTS);
  expect(restarted.pid).not.toBe(pid);
  const open = ['cmdline', 'environ'].map((name) => readFile(`/proc/${restarted.pid}/${name}`, 'utf8'));
  const log = await readFile(join(world.home, '.local/state/devreg/registries/devreg/registry.log'), 'utf8');
  for (const text of [...(await Promise.all(open)), log]) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(token);
  }
  const tree = Object.entries(await treeOf(join(world.home, '.local')));
  const isOpen = ([, text]: readonly [string, string]) => !/^[67]00\b/.test(text);
  const inData = /^share\/devreg\/registries\/devreg\//;
  expect(
    tree
      .filter(isOpen)
      .map(([name]) => name)
      .filter((name) => !inData.test(name)),
  ).toEqual(['share/devreg/ca/ca.crt']);
  expect(tree.find(([name]) => name === 'share/devreg/registries/devreg')).toEqual([
    'share/devreg/registries/devreg',
    '700',
  ]);
});
