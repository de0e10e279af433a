/** What real clients make of the certificates: OpenSSL (the Debian package openssl must be there) and node:tls. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp, isIP, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, renewAuthority, type Authority } from '../../src/certs/authority.ts';
import { keyToPem } from '../../src/certs/keys.ts';
import { issueLeaf, type Leaf } from '../../src/certs/leaf.ts';
import { signRogueAuthority, signRogueLeaf } from './support/rogue.ts';

const now = new Date();
const names = [
  'registry.localtest.me',
  '*.localtest.me',
  'localhost',
  'registry.devreg.svc.cluster.local',
  'registry.devreg.svc',
  'registry.devreg',
  'host.docker.internal',
  '127.0.0.1',
  '::1',
  '10.96.0.50',
  '172.18.0.2',
  '192.168.1.7',
  'fd00::7',
];
const outside: [string, string[], string][] = [
  ['a foreign name', ['evil.example'], 'evil.example'],
  ['a foreign name beside a good one', ['localhost', 'evil.example'], 'localhost'],
  ['a name that ends alike', ['notlocaltest.me'], 'notlocaltest.me'],
  ['a wildcard above the scope', ['*.me'], 'foo.me'],
  ['a public address', ['8.8.8.8'], '8.8.8.8'],
  ['the address of cloud metadata', ['169.254.169.254'], '169.254.169.254'],
  ['a public address of IPv6', ['2001:db8::1'], '2001:db8::1'],
];

let folder: string;
let authority: Authority;
let leaf: Leaf;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devreg-verify-'));
  authority = await createAuthority({ owner: 'józef@laptop', now });
  leaf = await issueLeaf(authority, { names, now });
});
afterAll(() => rm(folder, { recursive: true }));

/** @returns what `openssl verify` printed, both streams */
async function opensslVerify(root: Authority, chain: readonly string[]): Promise<string> {
  await writeFile(join(folder, 'ca.crt'), root.certificate.toString());
  await writeFile(join(folder, 'chain.crt'), chain.join(''));
  const options = [
    '-x509_strict',
    '-purpose',
    'sslserver',
    '-CAfile',
    'ca.crt',
    '-untrusted',
    'chain.crt',
    'chain.crt',
  ];
  return new Promise((resolve, reject) => {
    execFile('openssl', ['verify', ...options], { cwd: folder }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(stdout + stderr);
    });
  });
}

/** Shakes hands with a server that is expected to be `name`. @returns the name the server was asked for, or why not */
async function shakeHands(root: Authority, chain: readonly string[], key: Leaf['key'], name: string): Promise<string> {
  await using server = createServer({ cert: chain.join(''), key: keyToPem(key) });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = once(server, 'secureConnection').then(([socket]) => String(socket.servername));
  const { port } = server.address() as AddressInfo;
  // With a socket of its own, `host` says only whom to expect; a server is never asked for an address by SNI.
  const options = { socket: connectTcp(port, '127.0.0.1'), host: name, ca: root.certificate.toString() };
  const client = connect(isIP(name) === 0 ? { ...options, servername: name } : options);
  try {
    await once(client, 'secureConnect');
    return await asked;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    client.destroy();
  }
}

describe('openssl', () => {
  it('believes the CA and a leaf', async () => {
    expect(await opensslVerify(authority, [leaf.certificate.toString()])).toBe('chain.crt: OK\n');
  });

  it('believes a leaf that is older than the renewed CA', async () => {
    const renewed = await renewAuthority(authority, now);
    expect(await opensslVerify(renewed, [leaf.certificate.toString()])).toBe('chain.crt: OK\n');
  });

  it.each(outside)('refuses %s', async (_, rogueNames) => {
    const rogue = await signRogueLeaf(authority, rogueNames, now);
    expect(await opensslVerify(authority, [rogue.certificate.toString()])).toContain('permitted subtree violation');
  });

  it('refuses a CA below the CA', async () => {
    const below = await signRogueAuthority(authority, now);
    const { certificate } = await issueLeaf(below, { names: ['localhost'], now });
    const chain = [certificate.toString(), below.certificate.toString()];
    expect(await opensslVerify(authority, chain)).toContain('path length constraint exceeded');
  });

  it('reads the extensions as they are meant', async () => {
    await writeFile(join(folder, 'read.crt'), authority.certificate.toString());
    const { stdout } = await promisify(execFile)('openssl', [
      'x509',
      '-in',
      join(folder, 'read.crt'),
      '-noout',
      '-text',
    ]);
    expect(stdout).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0\s/);
    expect(stdout).toMatch(/Key Usage: critical\s+Certificate Sign\s/);
    expect(stdout).toMatch(/Extended Key Usage: \s+TLS Web Server Authentication\s/);
    expect(stdout).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:localtest\.me\s/);
    expect(stdout).toMatch(/IP:172\.16\.0\.0\/255\.240\.0\.0\s/);
    const [own, issuers] = [
      ...stdout.matchAll(/(?:Subject|Authority) Key Identifier: \s+((?:[0-9A-F]{2}:){19}[0-9A-F]{2})/g),
    ];
    expect(own?.[1]).toBe(issuers?.[1]);
  });
});

describe('node:tls', () => {
  it.each(names)('believes a server that is %s', async (name) => {
    const host = name.replace('*', 'app');
    const answer = await shakeHands(authority, [leaf.certificate.toString()], leaf.key, host);
    expect(answer).toBe(isIP(host) === 0 ? host : 'false');
  });

  it.each(['example.com', 'a.b.localtest.me', '192.168.1.8'])('does not take it for %s', async (name) => {
    const answer = await shakeHands(authority, [leaf.certificate.toString()], leaf.key, name);
    expect(answer).toContain("does not match certificate's altnames");
  });

  it.each(outside)('refuses %s', async (_, rogueNames, name) => {
    const rogue = await signRogueLeaf(authority, rogueNames, now);
    const answer = await shakeHands(authority, [rogue.certificate.toString()], rogue.key, name);
    expect(answer).toBe('permitted subtree violation');
  });

  it('refuses a CA below the CA', async () => {
    const below = await signRogueAuthority(authority, now);
    const { certificate, key } = await issueLeaf(below, { names: ['localhost'], now });
    const chain = [certificate.toString(), below.certificate.toString()];
    expect(await shakeHands(authority, chain, key, 'localhost')).toBe('path length constraint exceeded');
  });

  it('refuses what another CA of the same name signed', async () => {
    const namesake = await createAuthority({ owner: 'józef@laptop', now });
    const answer = await shakeHands(namesake, [leaf.certificate.toString()], leaf.key, 'localhost');
    expect(answer).toMatch(/unable to verify|unable to get local issuer/);
  });
});
