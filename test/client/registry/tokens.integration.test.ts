/** Every way in which registries ask who somebody is, and what they may not be told. */
import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../src/client/registry/credentials.ts';
import { newPassword } from '../../support/accounts.ts';
import { type StubRegistry, type StubReply, type StubRequest, startStub } from './support/stub-registry.ts';

const never = new AbortController().signal;
const TAGS = { body: JSON.stringify({ name: 'team/app', tags: ['1'] }) };
const password: Credentials & { kind: 'password' } = { kind: 'password', user: 'anna', password: newPassword() };
const BASIC = `Basic ${Buffer.from(`anna:${password.password}`).toString('base64')}`;

function refused(...challenges: string[]): StubReply {
  return {
    status: 401,
    headers: { 'www-authenticate': challenges },
    body: '{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}',
  };
}

/** A registry that wants a bearer token from its own `/token`. */
function startTokenRegistry(token: (request: StubRequest) => object, parameters = ''): Promise<StubRegistry> {
  return startStub(({ path, method, headers, body }, { origin }) => {
    if (path.startsWith('/token')) return { body: JSON.stringify(token({ path, method, headers, body })) };
    if (headers.authorization?.startsWith('Bearer good') === true) return TAGS;
    return refused(`Bearer realm="${origin}/token",service="a, \\"b\\""${parameters}`);
  });
}

async function readTags(stub: StubRegistry, credentials?: Credentials, times = 1): Promise<string[]> {
  const client = stub.client({ credentials: async () => credentials });
  const tags: string[] = [];
  for (let time = 0; time < times; time++) tags.push(...(await Array.fromAsync(client.listTags('team/app', never))));
  return tags;
}

function tokenRequests({ requests }: StubRegistry): readonly StubRequest[] {
  return requests.filter(({ path }) => path.startsWith('/token'));
}

describe('a bearer token', () => {
  it('is asked for with the scope, without credentials by who has none', async () => {
    await using stub = await startTokenRegistry(() => ({ token: 'good' }));
    expect(await readTags(stub)).toEqual(['1']);
    const [{ path, headers } = { path: '', headers: {} }, ...others] = tokenRequests(stub);
    expect(Object.fromEntries(new URL(path, stub.origin).searchParams)).toEqual({
      service: 'a, "b"',
      scope: 'repository:team/app:pull',
    });
    expect(headers.authorization).toBeUndefined();
    expect(others).toEqual([]);
    // The first answer taught the client what it needs: nothing was asked twice.
    expect(stub.requests).toHaveLength(2);
  });

  it('is asked for with the password, and used until it ends', async () => {
    await using stub = await startTokenRegistry(() => ({ access_token: 'good', expires_in: 300 }));
    expect(await readTags(stub, password, 3)).toEqual(['1', '1', '1']);
    expect(tokenRequests(stub).map(({ headers }) => headers.authorization)).toEqual([BASIC]);
  });

  it('is asked for again when it has ended', async () => {
    await using stub = await startTokenRegistry(() => ({ token: 'good', expires_in: 0.001 }));
    await readTags(stub, password, 2);
    expect(tokenRequests(stub)).toHaveLength(2);
  });

  it('is exchanged for an identity token', async () => {
    await using stub = await startTokenRegistry(({ method }) => (method === 'POST' ? { access_token: 'good' } : {}));
    expect(await readTags(stub, { kind: 'identity', token: 'who I am' })).toEqual(['1']);
    const [request] = tokenRequests(stub);
    expect(Object.fromEntries(new URLSearchParams(request?.body.toString()))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'devreg',
      service: 'a, "b"',
      scope: 'repository:team/app:pull',
      refresh_token: 'who I am',
    });
  });

  it('that is held already is sent as it is', async () => {
    await using stub = await startTokenRegistry(() => ({}));
    expect(await readTags(stub, { kind: 'bearer', token: 'good one' })).toEqual(['1']);
    expect(tokenRequests(stub)).toEqual([]);
  });

  it('is asked for with the scope of the challenge too when it was not enough', async () => {
    await using stub = await startTokenRegistry(
      ({ path }) => ({ token: path.includes('extra') ? 'good' : 'weak' }),
      ',scope="repository:team/app:pull,extra",error="insufficient_scope"',
    );
    expect(await readTags(stub)).toEqual(['1']);
  });

  it('that is not enough a second time is the end', async () => {
    await using stub = await startTokenRegistry(() => ({ token: 'weak' }));
    await expect(readTags(stub, password)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    await expect(readTags(stub)).rejects.toMatchObject({ code: 'CREDENTIALS_NEEDED' });
  });

  it('is asked for once by many at the same time', async () => {
    await using stub = await startTokenRegistry(() => ({ token: 'good' }));
    const client = stub.client();
    await Promise.all(Array.from({ length: 8 }, () => Array.fromAsync(client.listTags('team/app', never))));
    expect(tokenRequests(stub)).toHaveLength(1);
  });

  it('that is not one is not sent', async () => {
    await using stub = await startTokenRegistry(() => ({ token: 'two\r\nlines' }));
    await expect(readTags(stub)).rejects.toMatchObject({ code: 'ANSWER_STRANGE' });
  });

  it('is refused to a wrong password', async () => {
    await using stub = await startStub(({ path }, { origin }) =>
      path.startsWith('/token') ? refused('Basic realm="x"') : refused(`Bearer realm="${origin}/token"`),
    );
    await expect(readTags(stub, password)).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
  });
});

describe('a password', () => {
  it('is sent when it is asked for', async () => {
    await using stub = await startStub(({ headers }) =>
      headers.authorization === BASIC ? TAGS : refused('Basic realm="a"'),
    );
    expect(await readTags(stub, password)).toEqual(['1']);
  });

  it.each([
    ['in one header', ['Negotiate, Bearer realm="REALM",service=x, Basic realm="a, b"']],
    ['in several', ['Basic realm="a"', 'Bearer realm="REALM"']],
  ])('stays where a token does, of several challenges %s', async (_, challenges) => {
    await using stub = await startStub(({ path, headers }, { origin }) => {
      if (path.startsWith('/token')) return { body: '{"token":"good"}' };
      if (headers.authorization === 'Bearer good') return TAGS;
      return refused(...challenges.map((text) => text.replace('REALM', `${origin}/token`)));
    });
    expect(await readTags(stub, password)).toEqual(['1']);
    expect(stub.requests.map(({ path, headers }) => [path.split('?')[0], headers.authorization])).toEqual([
      ['/token', BASIC],
      ['/v2/team/app/tags/list', 'Bearer good'],
    ]);
  });

  it('that is wrong is told', async () => {
    await using stub = await startStub(() => refused('Basic realm="a"'));
    await expect(readTags(stub, password)).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
    await expect(readTags(stub)).rejects.toMatchObject({ code: 'CREDENTIALS_NEEDED' });
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://169.254.169.254/latest', '/token', ''])(
    'is not sent to %j',
    async (realm) => {
      await using stub = await startStub(() => refused(`Bearer realm="${realm}"`));
      await expect(readTags(stub, password)).rejects.toMatchObject({ code: 'REALM_REFUSED' });
    },
  );
});
