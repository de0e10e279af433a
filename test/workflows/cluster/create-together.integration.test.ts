/** Two commands that make clusters at the very same time, each in a process of its own as far as it can tell (C-04). */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openWorkshop } from './workshop.ts';

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  for (const server of servers) server.close();
  return ports;
}

it('lose none of each other’s logins and names', async () => {
  const ports = await freePorts(4);
  const folder = { path: '' };
  const logIn = (registry: string) => () => {
    const file = join(folder.path, '.docker/config.json');
    mkdirSync(dirname(file), { recursive: true });
    const { auths } = JSON.parse(readFileSync(file, 'utf8')) as { readonly auths: object };
    writeFileSync(file, JSON.stringify({ auths: { ...auths, [registry]: { auth: 'eA==' } } }));
    return '';
  };
  const names = ports.map((port, index) => `${index % 2 === 0 ? 'registry.localtest.me' : 'localhost'}:${port}`);
  const script = names.map((name) => ({ argv: new RegExp(`^docker login .*${name}$`), stdout: logIn(name) }));
  await using shop = await openWorkshop({
    script,
    programs: ['docker'],
    resolving: () => false,
    mayWriteHosts: true,
    mayLogIn: true,
  });
  folder.path = shop.home;
  mkdirSync(join(shop.home, '.docker'));
  writeFileSync(join(shop.home, '.docker/config.json'), '{"auths":{}}');
  const [one = 0, oneLocal = 0, other = 0, otherLocal = 0] = ports;
  // The doors know one password.
  const password = randomBytes(12).toString('base64url');
  await Promise.all([
    shop.create({ port: one, registryPort: oneLocal }, { name: 'one', password }),
    shop.create({ port: other, registryPort: otherLocal }, { name: 'other', password }),
  ]);
  const { auths } = JSON.parse(await readFile(join(shop.home, '.docker/config.json'), 'utf8')) as { auths: object };
  expect(Object.keys(auths).toSorted()).toEqual(names.toSorted());
  for (const name of ['one', 'other']) expect(await shop.hosts()).toContain(`registry.localtest.me # devreg ${name}\n`);
});
