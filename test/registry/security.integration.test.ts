/** What attackers try: each gets the specification's error, and the registry holds what it held before. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { hashPassword } from '../../src/registry/auth/passwords.ts';
import { type TestUser, addUser, basicOf, makePrivate, newPassword } from '../support/accounts.ts';
import { CONFIG, blob, descriptorOf, image, pushImage } from '../support/images.ts';
import { type MemoryRegistry, startRegistry } from '../support/registry-server.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { storedContent } from '../support/stored-content.ts';
import { claimsOf } from '../support/tokens.ts';
import { errorsOf, expectReplyRules } from '../support/wire-rules.ts';
import { type Row, converse } from '../support/wire-table.ts';

const MIB = 1024 * 1024;
const layer = blob('layer');
const secret = blob('secret');
let registry: MemoryRegistry;
let admin: TestUser;
let user: TestUser;
let before: object;

/** Anybody reads `public/*`, the user may do everything below `team/`, nobody but the administrator the rest. */
beforeAll(async () => {
  registry = await startRegistry({
    async accounts(metadata) {
      await makePrivate(metadata);
      await metadata.addPermission({ grantee: 'anonymous', pattern: 'public/**', actions: ['pull'] });
      admin = await addUser(metadata, 'admin', { isAdmin: true });
      user = await addUser(metadata, 'user', { grants: [{ pattern: 'team/**', actions: ['pull', 'push', 'delete'] }] });
    },
  });
  const headers = { authorization: admin.basic };
  await pushImage(registry, 'team/app', { as: 'x', layers: [layer], headers });
  await pushImage(registry, 'secret/app', { as: 'x', layers: [secret], headers });
  await converse(registry, [{ ask: 'POST /v2/secret/app/blobs/uploads/', status: 202 }, { ask: 'PATCH {location}', body: 'x', status: 202 }], headers);
});
afterAll(() => registry[Symbol.asyncDispose]());
beforeEach(async () => void (before = await storedContent(registry)));
afterEach(async () => expect(await storedContent(registry)).toEqual(before));

const asUser = () => ({ authorization: user.basic });
const asAdmin = () => ({ authorization: admin.basic });

describe('paths', () => {
  const tricks: [name: string, status: number, code: string][] = [
    ['team%2fapp', 404, 'UNSUPPORTED'],
    ['..%2f..%2fsecret%2fapp', 404, 'UNSUPPORTED'],
    ['team/..%2fsecret/app', 404, 'UNSUPPORTED'],
    ['team/../secret/app', 400, 'NAME_INVALID'],
    ['team/%2e%2e/secret/app', 400, 'NAME_INVALID'],
    ['team/%252e%252e/secret/app', 400, 'NAME_INVALID'],
    ['./team/app', 400, 'NAME_INVALID'],
    ['', 404, 'UNSUPPORTED'],
    ['/team/app', 400, 'NAME_INVALID'],
    ['team//app', 400, 'NAME_INVALID'],
    ['team/app/', 400, 'NAME_INVALID'],
    ['team%00/app', 400, 'NAME_INVALID'],
    ['%00', 400, 'NAME_INVALID'],
    ['team/app%0d%0aset-cookie:%20a=b', 400, 'NAME_INVALID'],
    ['team/%c0%ae%c0%ae/secret', 404, 'UNSUPPORTED'],
    ['team/%e0%80%af', 404, 'UNSUPPORTED'],
    ['team/%ff', 404, 'UNSUPPORTED'],
    ['team/%', 404, 'UNSUPPORTED'],
    ['team/%zz', 404, 'UNSUPPORTED'],
    ['team%5capp', 400, 'NAME_INVALID'],
    ['team\\app', 400, 'NAME_INVALID'],
    ['team;x/app', 400, 'NAME_INVALID'],
    ['TEAM/app', 400, 'NAME_INVALID'],
    ['team/%D0%B0pp', 400, 'NAME_INVALID'],
    ['team/%EF%BD%81pp', 400, 'NAME_INVALID'],
    ['team/%E2%84%AApp', 400, 'NAME_INVALID'],
    ['team/%C5%BF', 400, 'NAME_INVALID'],
    ['__proto__', 400, 'NAME_INVALID'],
    [`team/${'a'.repeat(251)}`, 400, 'NAME_INVALID'],
    [`${'a/'.repeat(20_000)}a`, 400, 'NAME_INVALID'],
    [`${'a-'.repeat(20_000)}/`, 400, 'NAME_INVALID'],
  ];

  it.each(tricks)('with the name %j', async (name, status, code) => {
    const { bytes } = image([layer]);
    const rows = [
      { ask: `GET /v2/${name}/manifests/x` },
      { ask: `PUT /v2/${name}/manifests/x`, headers: { 'content-type': OCI_MANIFEST }, body: bytes },
      { ask: `DELETE /v2/${name}/manifests/x` },
      { ask: `GET /v2/${name}/blobs/${layer.digest}` },
      { ask: `DELETE /v2/${name}/blobs/${layer.digest}` },
      { ask: `POST /v2/${name}/blobs/uploads/` },
      { ask: `POST /v2/${name}/blobs/uploads/?digest=${layer.digest}`, body: 'layer' },
      { ask: `GET /v2/${name}/blobs/uploads/x` },
      { ask: `GET /v2/${name}/tags/list` },
      { ask: `GET /v2/${name}/referrers/${layer.digest}` },
    ];
    await converse(registry, rows.map((row) => ({ ...row, status, code })), asAdmin());
  });

  it.each(['..', '%2e%2e', '%00', 'x%00', 'x%0a', '%F0%9F%90%B3', 'x%20', '~', 'x;y', 'x%5cy', '%EF%BD%98', '%20'])('with the tag %j', async (tag) => {
    const { bytes } = image([layer]);
    await converse(
      registry,
      [
        { ask: `GET /v2/team/app/manifests/${tag}`, status: 404, code: 'MANIFEST_UNKNOWN' },
        { ask: `DELETE /v2/team/app/manifests/${tag}`, status: 404, code: 'MANIFEST_UNKNOWN' },
        { ask: `PUT /v2/team/app/manifests/${tag}`, body: bytes, status: 400, code: 'MANIFEST_INVALID' },
        { ask: `PUT /v2/team/app/manifests/${digestOf(bytes)}?tag=${tag}`, body: bytes, status: 400, code: 'MANIFEST_INVALID' },
      ],
      asAdmin(),
    );
  });

  it.each(['x%2f..%2f..', '..%2fx', '%2f', 'x/y', '%c0%af'])('with the last component %j', async (tail) => {
    const rows = ['manifests', 'blobs', 'referrers'].map((word) => ({ ask: `GET /v2/team/app/${word}/${tail}`, status: 404, code: 'UNSUPPORTED' }));
    await converse(registry, rows, asAdmin());
  });
});

describe('digests', () => {
  const hex = layer.digest.slice('sha256:'.length);
  it.each([
    `__proto__:${hex}`, `constructor:${hex}`, 'toString:', `sha256:${hex.toUpperCase()}`, `SHA256:${hex}`, `sha256:${hex.slice(1)}`, `sha256:${hex}0`,
    `sha256:${hex.slice(2)}%0a0`, `sha512:${hex}`, `sha384:${hex.repeat(2).slice(32)}`, `sha256+b64u:${hex}`, 'sha256:..%2e', `sha256:${'%EF%BC%94'.repeat(64)}`,
    `%20${layer.digest}`, `sha256::${hex}`, `:${hex}`, 'sha256:', `md5:${hex.slice(32)}`, `sha256:${'a'.repeat(20_000)}`,
  ])('such as %j', async (digest) => {
    const invalid = { status: 400, code: 'DIGEST_INVALID' };
    await converse(
      registry,
      [
        { ask: `GET /v2/team/app/blobs/${digest}`, ...invalid },
        { ask: `DELETE /v2/team/app/blobs/${digest}`, ...invalid },
        { ask: `GET /v2/team/app/manifests/${digest}`, ...invalid },
        { ask: `PUT /v2/team/app/manifests/${digest}`, body: image([]).bytes, ...invalid },
        { ask: `DELETE /v2/team/app/manifests/${digest}`, ...invalid },
        { ask: `GET /v2/team/app/referrers/${digest}`, ...invalid },
        { ask: `POST /v2/team/app/blobs/uploads/?digest=${digest}`, body: 'layer', ...invalid },
        { ask: `POST /v2/team/app/blobs/uploads/?mount=${digest}&from=team/app`, ...invalid },
      ],
      asAdmin(),
    );
  });
});

describe('smuggling', () => {
  const inner = () => `PUT /v2/team/app/manifests/smuggled HTTP/1.1\r\nhost: a\r\nauthorization: ${admin.basic}\r\ncontent-length: 2\r\n\r\n{}`;
  const head = (...lines: string[]) => ['POST /v2/token HTTP/1.1', 'host: a', ...lines, '', ''].join('\r\n');

  it.each([
    ['a length beside chunks', () => `${head('content-length: 5', 'transfer-encoding: chunked')}0\r\n\r\n${inner()}`],
    ['chunks beside a length', () => `${head('transfer-encoding: chunked', 'content-length: 5')}0\r\n\r\n${inner()}`],
    ['two lengths', () => `${head('content-length: 0', 'content-length: 5')}${inner()}`],
    ['a list of lengths', () => `${head('content-length: 0, 5')}${inner()}`],
    ['a length with a sign', () => `${head('content-length: +5')}${inner()}`],
    ['a negative length', () => `${head('content-length: -1')}${inner()}`],
    ['a length too large for any number', () => `${head(`content-length: ${'9'.repeat(30)}`)}${inner()}`],
    ['another coding', () => `${head('transfer-encoding: gzip')}${inner()}`],
    ['a coding that looks like chunks', () => `${head('transfer-encoding: xchunked')}${inner()}`],
    ['a coding after chunks', () => `${head('transfer-encoding: chunked, identity')}0\r\n\r\n${inner()}`],
    ['a space before the colon', () => `${head('transfer-encoding : chunked')}0\r\n\r\n${inner()}`],
    ['a folded line', () => `${head('x: a', ' transfer-encoding: chunked')}${inner()}`],
    ['a folded coding', () => `${head('transfer-encoding:', ' chunked')}0\r\n\r\n${inner()}`],
    ['bare line feeds', () => head('x: a').replaceAll('\r\n', '\n') + inner()],
    ['a bare carriage return', () => `${head('x: a\rtransfer-encoding: chunked')}${inner()}`],
    ['a NUL in a header', () => `${head('x: a\0b')}${inner()}`],
    ['a chunk of negative size', () => `${head('transfer-encoding: chunked')}-1\r\n\r\n${inner()}`],
    ['a chunk of hexadecimal size', () => `${head('transfer-encoding: chunked')}0x0\r\n\r\n${inner()}`],
    ['a chunk larger than any', () => `${head('transfer-encoding: chunked')}fffffffffffffffff\r\n${inner()}`],
    ['a chunk longer than it says', () => `${head('transfer-encoding: chunked')}1\r\nab\r\n0\r\n\r\n${inner()}`],
  ])('by %s', async (_, bytes) => {
    using connection = await registry.connect();
    await connection.write(bytes());
    const reply = await connection.reply();
    expect([reply.status, errorsOf(reply)[0]?.code]).toEqual([400, 'UNSUPPORTED']);
    expectReplyRules({ method: 'POST', path: '/v2/token' }, reply);
    expect(await connection.rest()).toBe('');
  });

  it('puts nothing into headers or the log', async () => {
    const names = ['x%0d%0aset-cookie:%20a=b', 'x%22%2c%20realm=%22http://evil'];
    for (const name of names) {
      const reply = await registry.send({ method: 'GET', path: `/v2/${name}/manifests/x`, headers: { 'x-request-id': 'a b' } });
      expect([reply.status, reply.headers['set-cookie'], reply.headers['www-authenticate']]).toEqual([400, undefined, undefined]);
    }
    const named = await registry.send({ method: 'GET', path: '/v2/', headers: { 'x-request-id': 'a-b.c_1' } });
    expect(named.status).toBe(401);
    const ids = registry.log.slice(-3).map(({ fields }) => fields['request']);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/), 'a-b.c_1']);
    expect(JSON.stringify(registry.log)).not.toContain(user.password);
    expect(JSON.stringify(registry.log)).not.toContain(user.basic.slice(6));
  });
});

describe('bodies without end', () => {
  /** Sends for ever. */
  async function* endless(note: () => void): AsyncGenerator<Buffer> {
    const piece = Buffer.alloc(256 * 1024, ' ');
    for (;;) {
      note();
      yield piece;
    }
  }

  it.each([
    ['a manifest', 'PUT /v2/team/app/manifests/x', 413, 'MANIFEST_INVALID'],
    ['a form', 'POST /v2/token', 400, 'UNSUPPORTED'],
  ])('such as %s are cut off, and cost no memory', async (_, ask, status, code) => {
    let most = 0;
    let sent = 0;
    const start = process.memoryUsage().arrayBuffers;
    const note = () => {
      sent += 256 * 1024;
      most = Math.max(most, process.memoryUsage().arrayBuffers - start);
    };
    await converse(registry, [{ ask, body: endless(note), status, code }], asUser());
    expect(sent).toBeLessThan(64 * MIB);
    expect(most).toBeLessThan(40 * MIB);
  });

  it('are refused unread when they say how long they are', async () => {
    using connection = await registry.connect();
    const head = ['PUT /v2/team/app/manifests/x HTTP/1.1', 'host: a', `authorization: ${user.basic}`, `content-length: ${2 ** 40}`, '', ''];
    await connection.write(head.join('\r\n'));
    const reply = await connection.reply();
    expect([reply.status, errorsOf(reply)[0]?.code]).toEqual([413, 'MANIFEST_INVALID']);
  });
});

describe('JSON', () => {
  const put = (body: string | Uint8Array, headers: Row['headers'] = {}): Row => ({ ask: 'PUT /v2/team/app/manifests/evil', headers, body, status: 400, code: 'MANIFEST_INVALID' });
  const config = descriptorOf(CONFIG);
  const hidden = `{"schemaVersion":2,"__proto__":{"config":${JSON.stringify(config)},"layers":[]},"constructor":{"prototype":{"config":1}}}`;

  it('with the keys of prototypes changes nothing', async () => {
    await converse(registry, [put(hidden, { 'content-type': OCI_MANIFEST }), put(hidden), put('{"__proto__":{"manifests":[]},"schemaVersion":2}', { 'content-type': OCI_INDEX })], asUser());
    expect(['config', 'manifests', 'layers'].filter((key) => key in {})).toEqual([]);
  });

  it('of millions of levels or values is refused in no time, and in no space', async () => {
    const deep = ['['.repeat(8 * MIB), '{"a":'.repeat(MIB), `${'['.repeat(4 * MIB)}${']'.repeat(4 * MIB)}`];
    const wide = [`[${'{},'.repeat(2 * MIB)}{}]`, `{"schemaVersion":2,"manifests":[],"x":[${'1,'.repeat(3 * MIB)}1]}`];
    for (const body of [...deep, ...wide]) {
      const start = process.memoryUsage().heapUsed;
      expect(await cpuTimeOf(() => converse(registry, [put(body)], asUser()))).toBeLessThan(400);
      expect(process.memoryUsage().heapUsed - start).toBeLessThan(50 * MIB);
    }
  });

  it('cannot be two things at once', async () => {
    const both = JSON.stringify({ schemaVersion: 2, config, layers: [], manifests: [] });
    for (const type of [OCI_MANIFEST, OCI_INDEX, '', 'application/vnd.example+json']) {
      await converse(registry, [put(both, type === '' ? {} : { 'content-type': type })], asUser());
    }
    const folded = [{ Manifests: [] }, { MANIFESTS: [] }, { Config: config }].map((extra) => JSON.stringify({ schemaVersion: 2, ...extra, config, layers: [] }));
    for (const body of folded) await converse(registry, [put(body)], asUser());
  });
});

describe('what is somebody else’s', () => {
  it('is not mounted, not even by those who know its digest', async () => {
    const reply = await converse(
      registry,
      [
        { ask: `POST /v2/team/app/blobs/uploads/?mount=${secret.digest}&from=secret/app`, status: 202 },
        { ask: 'DELETE {location}', status: 204 },
        { ask: `POST /v2/team/app/blobs/uploads/?mount=${secret.digest}`, status: 202 },
        { ask: 'DELETE {location}', status: 204 },
        { ask: `GET /v2/team/app/blobs/${secret.digest}`, status: 404, code: 'BLOB_UNKNOWN' },
        { ask: 'PUT /v2/team/app/manifests/evil', headers: { 'content-type': OCI_MANIFEST }, body: image([secret]).bytes, status: 400, code: 'MANIFEST_BLOB_UNKNOWN' },
      ],
      asUser(),
    );
    expect(errorsOf(reply)[0]?.detail).toEqual([{ digest: secret.digest }]);
  });

  it('is not served from what was kept in memory for others', async () => {
    const { digest } = image([secret]);
    const own = [`GET /v2/secret/app/blobs/${secret.digest}`, `GET /v2/secret/app/manifests/${digest}`, 'GET /v2/secret/app/manifests/x'];
    await converse(registry, own.flatMap((ask) => [{ ask, status: 200 }, { ask, status: 200 }]), asAdmin());
    await converse(registry, own.map((ask) => ({ ask, status: 403, code: 'DENIED' })), asUser());
    await converse(registry, own.map((ask) => ({ ask: ask.replace('secret/app', 'team/app').replace('manifests/x', 'manifests/y'), status: 404 })), asUser());
  });

  it('is an upload of another user or repository', async () => {
    const { headers } = await converse(registry, [{ ask: 'POST /v2/team/app/blobs/uploads/', status: 202 }], asAdmin());
    const session = headers.location ?? '';
    const gone = { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' };
    const rows = [{ ask: `GET ${session}`, ...gone }, { ask: `PATCH ${session}`, body: 'x', ...gone }, { ask: `PUT ${session}?digest=${secret.digest}`, body: 'secret', ...gone }, { ask: `DELETE ${session}`, ...gone }];
    await converse(registry, rows, asUser());
    await converse(registry, rows.map((row) => ({ ...row, ask: row.ask.replace('team/app', 'team/b') })), asAdmin());
    await converse(registry, [{ ask: `DELETE ${session}`, status: 204 }], asAdmin());
  });
});

describe('forged tokens', () => {
  let valid = '';
  let key: Uint8Array;
  beforeAll(async () => {
    const { text } = await registry.send({ method: 'GET', path: '/v2/token?scope=repository:team/app:*', headers: asUser() });
    valid = (JSON.parse(text) as { readonly token: string }).token;
    key = await registry.metadata.secret('token-key', 32);
  });

  const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const hmac = (text: string, secretKey: Uint8Array | string, algorithm = 'sha256') => createHmac(algorithm, secretKey).update(text).digest('base64url');
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
    ['a key that is public', () => forge(HS256, claims(), rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string)],
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
    const time = await cpuTimeOf(() => converse(registry, asks.map((ask) => ({ ask, ...refused })), headers));
    expect(time).toBeLessThan(500);
  });

  it('are told from real ones', async () => {
    await converse(registry, [{ ask: 'GET /v2/team/app/manifests/x', status: 200 }], { authorization: `Bearer ${valid}` });
    await converse(registry, [{ ask: 'GET /v2/team/app/manifests/x', status: 200 }], { authorization: `bearer  ${forge(HS256, claims())}` });
  });

  it('of millions of dots do not even fit a header', async () => {
    using connection = await registry.connect();
    await connection.write(`GET /v2/ HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${'.'.repeat(MIB)}\r\n\r\n`);
    expect((await connection.reply()).status).toBe(431);
  });
});

describe('headers that take long to read', () => {
  it.each(['forwarded', 'x-forwarded-host', 'x-forwarded-for', 'x-forwarded-proto', 'range', 'if-none-match', 'content-range', 'content-type', 'authorization', 'x-request-id', 'if-range'])('such as a long %s are read in no time', async (name) => {
    const texts = ['a', 'a=', 'a="', ':1', ',', ';', '1-', '-', '"', '.', ' a', '(a'].map((text) => text.repeat(Math.floor(60_000 / text.length)));
    const { digest } = layer;
    for (const text of texts) {
      const headers = { authorization: user.basic, [name]: name === 'range' ? `bytes=${text}` : text };
      const time = await cpuTimeOf(() => registry.send({ method: 'GET', path: `/v2/team/app/blobs/${digest}`, headers }));
      expect(time, `${name}: ${text.slice(0, 5)}`).toBeLessThan(200);
    }
  });
});

describe('slow senders', () => {
  it('of headers lose their connection', async () => {
    await using patient = await startRegistry({ headersTimeout: 200 });
    using connection = await patient.connect();
    await connection.write('GET /v2/ HTTP/1.1\r\nhost: a\r\n');
    const drip = setInterval(() => void connection.write('x: y\r\n'), 20);
    const reply = await connection.reply();
    clearInterval(drip);
    expect([reply.status, errorsOf(reply)[0]?.code]).toEqual([408, 'UNSUPPORTED']);
    await connection.closed;
  });
});

describe('guessing', () => {
  it('takes as long for an unknown user as for a wrong password', async () => {
    const password = newPassword();
    await using real = await startRegistry({
      accounts: async (metadata) => metadata.putUser({ name: 'known', passwordHash: await hashPassword(password), isAdmin: false }),
    });
    const time = async (name: string) => {
      const started = performance.now();
      await converse(real, [{ ask: 'GET /v2/', headers: { authorization: basicOf(name, newPassword()) }, status: 401 }]);
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
