/** The realm of challenges: an address the client can reach, and nothing that anybody could slip in. */
import { describe, expect, it } from 'vitest';
import { addUser } from '../support/accounts.ts';
import { type MemoryRegistry, type RegistryOptions, startRegistry } from '../support/registry-server.ts';
import { parseChallenge } from '../support/tokens.ts';

const startWithUser = (options: RegistryOptions = {}) =>
  startRegistry({ ...options, accounts: (metadata) => addUser(metadata, 'user') });

describe('the realm', () => {
  const realm = async (registry: MemoryRegistry, headers: Record<string, string>) => {
    const reply = await registry.send({ method: 'GET', path: '/v2/', headers });
    return parseChallenge(reply.headers['www-authenticate'])['realm'];
  };
  const forwarded = { host: 'inner:5000', 'x-forwarded-host': 'registry.example:8443', 'x-forwarded-proto': 'https' };

  it('is where a trusted proxy says the client is', async () => {
    await using registry = await startWithUser();
    expect(await realm(registry, forwarded)).toBe('https://registry.example:8443/v2/token');
    expect(
      await realm(registry, { host: 'inner:5000', forwarded: 'for=1.2.3.4;proto=https;host="registry.example"' }),
    ).toBe('https://registry.example/v2/token');
    expect(
      await realm(registry, {
        host: 'inner',
        'x-forwarded-host': 'outer , middle',
        'x-forwarded-proto': 'https, http',
      }),
    ).toBe('https://outer/v2/token');
    expect(await realm(registry, { host: 'inner:5000', 'x-forwarded-proto': 'https' })).toBe(
      'https://inner:5000/v2/token',
    );
    expect(await realm(registry, { host: 'inner:5000' })).toBe('http://inner:5000/v2/token');
  });

  it('is what the client wrote when the proxy is not trusted', async () => {
    await using registry = await startWithUser({ trustedProxies: ['192.0.2.0/24'] });
    expect(await realm(registry, forwarded)).toBe('http://inner:5000/v2/token');
  });

  it.each(['a"b', 'a b', 'user@host', 'a/b', 'http://a', 'a:b', 'a:123456', '', '[::1', '-a', 'ä'])(
    'is never %j',
    async (host) => {
      await using registry = await startWithUser();
      const bytes = Buffer.from(host).toString('latin1');
      expect(await realm(registry, { host: 'inner:5000', 'x-forwarded-host': bytes })).toBe(
        'http://inner:5000/v2/token',
      );
      expect(await realm(registry, { host: bytes })).toBe(`http://${registry.host}/v2/token`);
    },
  );
});
