/** What attackers try with credentials: forged tokens of every kind, and guessing who there is. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword } from '../../src/registry/auth/passwords.ts';
import { basicOf, newPassword } from '../support/accounts.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { type GuardedRegistry, startGuardedRegistry } from '../support/guarded-registry.ts';
import { startRegistry } from '../support/registry-server.ts';
import { storedContent } from '../support/stored-content.ts';
import { claimsOf } from '../support/tokens.ts';
import { converse } from '../support/wire-table.ts';

const MIB = 1024 * 1024;
let guarded: GuardedRegistry;
let before: object;
beforeAll(async () => void (guarded = await startGuardedRegistry()));
afterAll(() => guarded[Symbol.asyncDispose]());
beforeEach(async () => void (before = await storedContent(guarded.registry)));
afterEach(async () => {
  // oxlint-disable-next-line vitest/no-standalone-expect -- part of every test
  expect(await storedContent(guarded.registry)).toEqual(before);
});

describe('forged tokens', () => {
  let valid = '';
  let key: Uint8Array;
  beforeAll(async () => {
    const { text } = await guarded.registry.send({
      method: 'GET',
      path: '/v2/token?scope=repository:team/app:*',
      headers: guarded.user,
    });
    valid = (JSON.parse(text) as { readonly token: string }).token;
    key = await guarded.registry.metadata.secret('token-key', 32);
  });

  const encode = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const hmac = (text: string, secretKey: Uint8Array | string, algorithm = 'sha256') =>
    createHmac(algorithm, secretKey).update(text).digest('base64url');
  /** A token of any header and claims, signed with any key. */
  const forge = (header: unknown, claims: object, secretKey: Uint8Array | string = key, algorithm = 'sha256') => {
    const signed = `${encode(header)}.${encode(claims)}`;
    return `${signed}.${hmac(signed, secretKey, algorithm)}`;
  };
  const HS256 = '{"alg":"HS256","typ":"JWT"}';
  const claims = (changes: object = {}) => ({ ...claimsOf(valid), ...changes });
  const now = () => Math.floor(Date.now() / 1000);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = rsa.publicKey.export({ format: 'jwk' });
  const bySelf = (header: object) => {
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.${encode(claims())}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), rsa.privateKey).toString('base64url')}`;
  };
  const parts = () => valid.split('.') as [string, string, string];

  it.each([
    ['no algorithm', () => `${encode({ alg: 'none', typ: 'JWT' })}.${parts()[1]}.`],
    ['no algorithm, in capitals', () => `${encode({ alg: 'NONE' })}.${parts()[1]}.${parts()[2]}`],
    ['no signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['no third part', () => `${parts()[0]}.${parts()[1]}`],
    ['a header alone', () => `${parts()[0]}.`],
    ['an empty key', () => forge(HS256, claims(), '')],
    [
      'a key that is public',
      () => forge(HS256, claims(), rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string),
    ],
    ['the service’s name as key', () => forge(HS256, claims(), 'devreg')],
    ['a key of its own in the header', () => bySelf({ jwk })],
    ['a key of its own in the header, and a name for it', () => bySelf({ jwk, kid: 'devreg' })],
    ['a certificate in the header', () => bySelf({ x5c: [encode('certificate')] })],
    ['a place to find the key', () => bySelf({ jku: 'http://127.0.0.1/keys', kid: '../../../dev/null' })],
    ['the right key but a header with more in it', () => forge({ alg: 'HS256', typ: 'JWT', kid: 'x' }, claims())],
    ['the right key but a header written otherwise', () => forge({ typ: 'JWT', alg: 'HS256' }, claims())],
    ['the right key but another algorithm', () => forge({ alg: 'HS512', typ: 'JWT' }, claims(), key, 'sha512')],
    ['another audience', () => forge(HS256, claims({ aud: 'other' }))],
    ['a list of audiences', () => forge(HS256, claims({ aud: ['devreg'] }))],
    ['another issuer', () => forge(HS256, claims({ iss: 'other' }))],
    ['another use', () => forge(HS256, claims({ use: 'refresh' }))],
    ['no use', () => forge(HS256, claims({ use: undefined }))],
    ['an end that is past', () => forge(HS256, claims({ exp: now() - 1 }))],
    ['no end', () => forge(HS256, claims({ exp: undefined }))],
    ['an end that is no number', () => forge(HS256, claims({ exp: 'never' }))],
    ['a beginning that is to come', () => forge(HS256, claims({ nbf: now() + 3600 }))],
    ['a user who never was', () => forge(HS256, claims({ sub: '4711' }))],
    ['a user who is no number', () => forge(HS256, claims({ sub: '__proto__' }))],
    ['a password that was changed', () => forge(HS256, claims({ pwv: 0 }))],
    ['an access token that never was', () => forge(HS256, claims({ pat: 4711 }))],
    ['a changed claim', () => `${parts()[0]}.${encode(claims({ sub: '1' }))}.${parts()[2]}`],
    ['a signature cut short', () => valid.slice(0, -4)],
    ['a signature too long', () => `${valid}AAAA`],
    ['a space within', () => valid.replace('.', ' .')],
    ['dots without end', () => '.'.repeat(60_000)],
    ['dots without end after a header', () => `${parts()[0]}${'.'.repeat(50_000)}`],
    ['sixty kilobytes', () => `${parts()[0]}.${'A'.repeat(60_000)}.${parts()[2]}`],
    ['nothing', () => ''],
  ])('with %s', async (_, token) => {
    const headers = { authorization: `Bearer ${token()}` };
    const refused = { status: 401, code: 'UNAUTHORIZED' };
    const asks = ['GET /v2/team/app/manifests/x', 'GET /v2/public/app/tags/list', 'DELETE /v2/team/app/manifests/x'];
    const time = await cpuTimeOf(() =>
      converse(
        guarded.registry,
        asks.map((ask) => ({ ask, ...refused })),
        headers,
      ),
    );
    expect(time).toBeLessThan(500);
  });

  it('are told from real ones', async () => {
    await converse(guarded.registry, [{ ask: 'GET /v2/team/app/manifests/x', status: 200 }], {
      authorization: `Bearer ${valid}`,
    });
    await converse(guarded.registry, [{ ask: 'GET /v2/team/app/manifests/x', status: 200 }], {
      authorization: `bearer  ${forge(HS256, claims())}`,
    });
  });

  it('of millions of dots do not even fit a header', async () => {
    using connection = await guarded.registry.connect();
    await connection.write(`GET /v2/ HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${'.'.repeat(MIB)}\r\n\r\n`);
    expect((await connection.reply()).status).toBe(431);
  });
});

describe('guessing passwords', () => {
  it('takes as long for an unknown user as for a wrong password', async () => {
    const password = newPassword();
    await using real = await startRegistry({
      accounts: async (metadata) =>
        metadata.putUser({ name: 'known', passwordHash: await hashPassword(password), isAdmin: false }),
    });
    const time = async (name: string) => {
      const started = performance.now();
      await converse(real, [
        { ask: 'GET /v2/', headers: { authorization: basicOf(name, newPassword()) }, status: 401 },
      ]);
      return performance.now() - started;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 8; round++) {
      known.push(await time('known'));
      unknown.push(await time(`unknown${round}`));
    }
    const median = (values: number[]) => values.toSorted((one, other) => one - other)[4] ?? 0;
    const ratio = median(known) / median(unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
