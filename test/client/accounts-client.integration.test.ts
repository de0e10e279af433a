/** The client of the account API, against servers that are none, or do not behave. */
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createAccountsClient } from '../../src/client/accounts-client.ts';
import { newPassword } from '../support/accounts.ts';

async function clientOf(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = new URL(`http://localhost:${port}`);
  const connection = { address, connectTo: '127.0.0.1', authority: undefined, user: 'ann', password: newPassword() };
  const client = createAccountsClient(connection, new AbortController().signal);
  return { client, connection, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const json =
  (status: number, value: unknown): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

describe('a server', () => {
  it.each([
    ['that is something else', 'ACCOUNTS_MISSING', json(404, 'x')],
    ['of another version', 'ACCOUNTS_MISSING', json(404, { errors: [{ code: 'UNSUPPORTED', message: 'x' }] })],
    [
      'that leads elsewhere',
      'ACCOUNTS_MISSING',
      (_, response) => void response.writeHead(302, { location: '/x' }).end(),
    ],
    ['that answers something else', 'ANSWER_STRANGE', json(200, { users: [{ name: 1 }] })],
    ['that answers no JSON', 'ANSWER_STRANGE', (_, response) => void response.end('<html>')],
    ['that fails', 'REGISTRY_FAILED', json(500, { errors: [{ code: 'UNKNOWN', message: 'x' }] })],
    ['that hangs up', 'REGISTRY_UNREACHABLE', (request) => void request.socket.destroy()],
    [
      'that hangs up amid the answer',
      'REGISTRY_UNREACHABLE',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{', () => response.destroy());
      },
    ],
    [
      'that does not stop',
      'REGISTRY_UNREACHABLE',
      (_, response) => {
        response.on('error', () => {});
        const more = () => void response.write('x'.repeat(1024 * 1024), () => response.destroyed || more());
        more();
      },
    ],
  ] as const satisfies readonly (readonly [string, string, RequestListener])[])('%s', async (_, code, answer) => {
    await using started = await clientOf(answer);
    await expect(started.client.listUsers()).rejects.toMatchObject({ code });
  });

  it('gets a name as one part of a path, and the password in no path', async () => {
    const urls: string[] = [];
    await using started = await clientOf((request, response) => {
      urls.push(request.url ?? '');
      response.writeHead(204).end();
    });
    await started.client.removeUser('a/../b?c#d');
    await started.client.revokePermission({ grantee: 'a&b', pattern: 'team/**', actions: [] });
    expect(urls).toEqual([
      '/api/devreg/v1/users/a%2F..%2Fb%3Fc%23d',
      '/api/devreg/v1/permissions?grantee=a%26b&pattern=team%2F**',
    ]);
  });

  it('that is not there', async () => {
    const { client, ...server } = await clientOf(json(200, {}));
    await server[Symbol.asyncDispose]();
    await expect(client.listUsers()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });
});
