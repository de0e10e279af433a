/** The registry, whole: on disk, on several addresses, with certificates, and back after everything but blobs is gone. */
import { randomBytes } from 'node:crypto';
import { mkdtempDisposable, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { request } from 'node:https';
import { describe, expect, it } from 'vitest';
import { REGISTRY_DEFAULTS } from '../../src/registry/defaults.ts';
import { openRegistry } from '../../src/registry/registry.ts';
import { createLog } from '../../src/registry/log.ts';
import { basicOf, newPassword } from '../support/accounts.ts';
import { newPair } from '../support/certificates.ts';
import { blob, index, pushImage, pushManifest } from '../support/images.ts';
import { startRegistryIn } from '../support/registry-server.ts';
import { converse } from '../support/wire-table.ts';

const newFolder = () => mkdtempDisposable(join(tmpdir(), 'devreg-registry-'));

describe('a registry on disk', () => {
  it('has after a restart what it had before: content, users, tokens', async () => {
    await using folder = await newFolder();
    const layer = blob(randomBytes(100_000));
    const password = newPassword();
    const users = [{ name: 'admin', password, token: undefined }];
    const authorization = basicOf('ADMIN', password);
    let bearer = '';
    let bytes: Buffer;
    {
      await using registry = await startRegistryIn(folder.path, { users });
      const manifest = await pushImage(registry, 'team/app', { as: '1', layers: [layer], headers: { authorization } });
      bytes = manifest.bytes;
      const reply = await converse(registry, [
        { ask: 'GET /v2/token?scope=repository:team/app:push', headers: { authorization }, status: 200 },
      ]);
      bearer = `Bearer ${(JSON.parse(reply.text) as { token: string }).token}`;
    }
    // The password stays though it is not configured any more.
    await using registry = await startRegistryIn(folder.path);
    await converse(registry, [
      { ask: 'GET /v2/team/app/manifests/1', status: 200, is: bytes },
      { ask: `GET /v2/team/app/blobs/${layer.digest}`, status: 200, is: layer.bytes },
      {
        ask: `GET /v2/team/app/blobs/${layer.digest}`,
        headers: { range: 'bytes=99990-' },
        status: 206,
        is: layer.bytes.subarray(99_990),
      },
      { ask: 'POST /v2/team/app/blobs/uploads/', headers: { authorization }, status: 202 },
      { ask: 'POST /v2/team/app/blobs/uploads/', headers: { authorization: bearer }, status: 202 },
      { ask: 'POST /v2/team/app/blobs/uploads/', status: 401 },
    ]);
  });

  it('keeps its folder to itself', async () => {
    await using folder = await newFolder();
    const dataDir = join(folder.path, 'new');
    await using _registry = await startRegistryIn(dataDir);
    await expect(startRegistryIn(dataDir)).rejects.toThrow();
    expect((await stat(dataDir)).mode & 0o077).toBe(0);
  });

  it('finds its content again when the metadata are gone', async () => {
    await using folder = await newFolder();
    const layer = blob('layer');
    {
      await using registry = await startRegistryIn(folder.path);
      const child = await pushImage(registry, 'team/app', { as: 'child', layers: [layer] });
      await pushManifest(registry, 'team/app', index([child], { subject: child }), { as: 'x' });
    }
    for (const part of ['', '-wal', '-shm']) await rm(join(folder.path, `metadata.db${part}`), { force: true });
    await using registry = await startRegistryIn(folder.path);
    expect(registry.log.some(({ event }) => event === 'metadata.rebuilt')).toBe(true);
    const { body } = await converse(registry, [{ ask: 'GET /v2/team/app/manifests/x', status: 200 }]);
    const { subject } = JSON.parse(body.toString()) as { subject: { digest: string } };
    await converse(registry, [
      { ask: 'GET /v2/team/app/tags/list', status: 200, is: { name: 'team/app', tags: ['child', 'x'] } },
      { ask: `GET /v2/team/app/blobs/${layer.digest}`, status: 200, is: 'layer' },
      { ask: 'GET /v2/_catalog', status: 200, is: { repositories: ['team/app'] } },
      {
        ask: `GET /v2/team/app/referrers/${subject.digest}`,
        status: 200,
        is: expect.objectContaining({ manifests: [expect.anything()] }) as object,
      },
    ]);
  });

  it('does not start with a certificate that is none, and leaves nothing open', async () => {
    await using folder = await newFolder();
    const files = { cert: join(folder.path, 'cert'), key: join(folder.path, 'key') };
    await expect(startRegistryIn(folder.path, { tls: files })).rejects.toMatchObject({ code: 'ENOENT' });
    await Promise.all(Object.values(files).map((path) => writeFile(path, 'nothing')));
    await expect(startRegistryIn(folder.path, { tls: files })).rejects.toThrow();
    await using _registry = await startRegistryIn(folder.path);
  });

  it('answers TLS and plain HTTP on each of its addresses', async () => {
    await using folder = await newFolder();
    const pair = await newPair();
    const tls = { cert: join(folder.path, 'cert'), key: join(folder.path, 'key') };
    await writeFile(tls.cert, pair.cert);
    await writeFile(tls.key, pair.key);
    const lines: string[] = [];
    const listen = [
      { host: '127.0.0.1', port: 0 },
      { host: '127.0.0.1', port: 0 },
    ];
    const config = { ...REGISTRY_DEFAULTS, grace: 100, tls, dataDir: join(folder.path, 'data'), listen };
    {
      await using registry = await openRegistry(config, {
        log: createLog((text_) => void lines.push(text_)),
        clock: { now: () => new Date() },
      });
      expect(new Set(registry.addresses.map(({ port }) => port)).size).toBe(2);
      for (const { port } of registry.addresses) {
        expect((await fetch(`http://127.0.0.1:${port}/v2/`)).status).toBe(200);
        const client = request({ host: '127.0.0.1', port, path: '/v2/nothing', ca: pair.ca, agent: false }).end();
        const [reply] = await once(client, 'response');
        expect(await text(reply as NodeJS.ReadableStream)).toContain('UNSUPPORTED');
      }
    }
    const events = lines
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(['listening', 'listening', 'request', 'request', 'request', 'request', 'closing', 'closed']);
  });
});
