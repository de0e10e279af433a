/** What attackers try with HTTP itself: smuggled requests, bodies without end, headers made to be slow, slow senders. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { type GuardedRegistry, LAYER, startGuardedRegistry } from '../support/guarded-registry.ts';
import { startRegistry } from '../support/registry-server.ts';
import { storedContent } from '../support/stored-content.ts';
import { errorsOf, expectReplyRules } from '../support/wire-rules.ts';
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

describe('smuggling', () => {
  const inner = () =>
    `PUT /v2/team/app/manifests/smuggled HTTP/1.1\r\nhost: a\r\nauthorization: ${guarded.admin.authorization}\r\ncontent-length: 2\r\n\r\n{}`;
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
    using connection = await guarded.registry.connect();
    await connection.write(bytes());
    const reply = await connection.reply();
    expect([reply.status, errorsOf(reply)[0]?.code]).toEqual([400, 'UNSUPPORTED']);
    expectReplyRules({ method: 'POST', path: '/v2/token' }, reply);
    expect(await connection.rest()).toBe('');
  });

  it('puts nothing into headers or the log', async () => {
    const names = ['x%0d%0aset-cookie:%20a=b', 'x%22%2c%20realm=%22http://evil'];
    for (const name of names) {
      const reply = await guarded.registry.send({
        method: 'GET',
        path: `/v2/${name}/manifests/x`,
        headers: { 'x-request-id': 'a b' },
      });
      expect([reply.status, reply.headers['set-cookie'], reply.headers['www-authenticate']]).toEqual([
        400,
        undefined,
        undefined,
      ]);
    }
    const named = await guarded.registry.send({ method: 'GET', path: '/v2/', headers: { 'x-request-id': 'a-b.c_1' } });
    expect(named.status).toBe(401);
    const ids = guarded.registry.log.slice(-3).map(({ fields }) => fields['request']);
    expect(ids).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      'a-b.c_1',
    ]);
    expect(JSON.stringify(guarded.registry.log)).not.toContain(guarded.userPassword);
    expect(JSON.stringify(guarded.registry.log)).not.toContain(guarded.user.authorization.slice(6));
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
    await converse(guarded.registry, [{ ask, body: endless(note), status, code }], guarded.user);
    expect(sent).toBeLessThan(64 * MIB);
    expect(most).toBeLessThan(40 * MIB);
  });

  it('are refused unread when they say how long they are', async () => {
    using connection = await guarded.registry.connect();
    const head = [
      'PUT /v2/team/app/manifests/x HTTP/1.1',
      'host: a',
      `authorization: ${guarded.user.authorization}`,
      `content-length: ${2 ** 40}`,
      '',
      '',
    ];
    await connection.write(head.join('\r\n'));
    const reply = await connection.reply();
    expect([reply.status, errorsOf(reply)[0]?.code]).toEqual([413, 'MANIFEST_INVALID']);
  });
});

describe('headers that take long to read', () => {
  it.each([
    'forwarded',
    'x-forwarded-host',
    'x-forwarded-for',
    'x-forwarded-proto',
    'range',
    'if-none-match',
    'content-range',
    'content-type',
    'authorization',
    'x-request-id',
    'if-range',
  ])('such as a long %s are read in no time', async (name) => {
    const texts = ['a', 'a=', 'a="', ':1', ',', ';', '1-', '-', '"', '.', ' a', '(a'].map((text) =>
      text.repeat(Math.floor(60_000 / text.length)),
    );
    const { digest } = LAYER;
    for (const text of texts) {
      const headers = { authorization: guarded.user.authorization, [name]: name === 'range' ? `bytes=${text}` : text };
      const time = await cpuTimeOf(() =>
        guarded.registry.send({ method: 'GET', path: `/v2/team/app/blobs/${digest}`, headers }),
      );
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
