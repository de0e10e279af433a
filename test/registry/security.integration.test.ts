/** What attackers try with names, digests, content and sessions: each gets the specification's error, and nothing is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { type GuardedRegistry, LAYER, SECRET, startGuardedRegistry } from '../support/guarded-registry.ts';
import { CONFIG, descriptorOf, image } from '../support/images.ts';
import { storedContent } from '../support/stored-content.ts';
import { errorsOf } from '../support/wire-rules.ts';
import { type Row, converse } from '../support/wire-table.ts';

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

/** A title that fits a line. */
const shortened = (text: string) => JSON.stringify(text.length < 100 ? text : `${text.slice(0, 20)}…`);

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

  it.each(tricks.map((trick) => [shortened(trick[0]), ...trick] as const))(
    'with the name %s',
    async (_, name, status, code) => {
      const { bytes } = image([LAYER]);
      const rows = [
        { ask: `GET /v2/${name}/manifests/x` },
        { ask: `PUT /v2/${name}/manifests/x`, headers: { 'content-type': OCI_MANIFEST }, body: bytes },
        { ask: `DELETE /v2/${name}/manifests/x` },
        { ask: `GET /v2/${name}/blobs/${LAYER.digest}` },
        { ask: `DELETE /v2/${name}/blobs/${LAYER.digest}` },
        { ask: `POST /v2/${name}/blobs/uploads/` },
        { ask: `POST /v2/${name}/blobs/uploads/?digest=${LAYER.digest}`, body: 'layer' },
        { ask: `GET /v2/${name}/blobs/uploads/x` },
        { ask: `GET /v2/${name}/tags/list` },
        { ask: `GET /v2/${name}/referrers/${LAYER.digest}` },
      ];
      await converse(
        guarded.registry,
        rows.map((row) => ({ ...row, status, code })),
        guarded.admin,
      );
    },
  );

  it.each(['..', '%2e%2e', '%00', 'x%00', 'x%0a', '%F0%9F%90%B3', 'x%20', '~', 'x;y', 'x%5cy', '%EF%BD%98', '%20'])(
    'with the tag %j',
    async (tag) => {
      const { bytes } = image([LAYER]);
      await converse(
        guarded.registry,
        [
          { ask: `GET /v2/team/app/manifests/${tag}`, status: 404, code: 'MANIFEST_UNKNOWN' },
          { ask: `DELETE /v2/team/app/manifests/${tag}`, status: 404, code: 'MANIFEST_UNKNOWN' },
          { ask: `PUT /v2/team/app/manifests/${tag}`, body: bytes, status: 400, code: 'MANIFEST_INVALID' },
          {
            ask: `PUT /v2/team/app/manifests/${digestOf(bytes)}?tag=${tag}`,
            body: bytes,
            status: 400,
            code: 'MANIFEST_INVALID',
          },
        ],
        guarded.admin,
      );
    },
  );

  it.each(['x%2f..%2f..', '..%2fx', '%2f', 'x/y', '%c0%af'])('with the last component %j', async (tail) => {
    const rows = ['manifests', 'blobs', 'referrers'].map((word) => ({
      ask: `GET /v2/team/app/${word}/${tail}`,
      status: 404,
      code: 'UNSUPPORTED',
    }));
    await converse(guarded.registry, rows, guarded.admin);
  });
});

describe('digests', () => {
  const hex = LAYER.digest.slice('sha256:'.length);
  it.each(
    [
      `__proto__:${hex}`,
      `constructor:${hex}`,
      'toString:',
      `sha256:${hex.toUpperCase()}`,
      `SHA256:${hex}`,
      `sha256:${hex.slice(1)}`,
      `sha256:${hex}0`,
      `sha256:${hex.slice(2)}%0a0`,
      `sha512:${hex}`,
      `sha384:${hex.repeat(2).slice(32)}`,
      `sha256+b64u:${hex}`,
      'sha256:..%2e',
      `sha256:${'%EF%BC%94'.repeat(64)}`,
      `%20${LAYER.digest}`,
      `sha256::${hex}`,
      `:${hex}`,
      'sha256:',
      `md5:${hex.slice(32)}`,
      `sha256:${'a'.repeat(20_000)}`,
    ].map((digest) => [shortened(digest), digest]),
  )('such as %s', async (_, digest) => {
    const invalid = { status: 400, code: 'DIGEST_INVALID' };
    await converse(
      guarded.registry,
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
      guarded.admin,
    );
  });
});

describe('JSON', () => {
  const put = (body: string | Uint8Array, headers: Row['headers'] = {}): Row => ({
    ask: 'PUT /v2/team/app/manifests/evil',
    headers,
    body,
    status: 400,
    code: 'MANIFEST_INVALID',
  });
  const config = descriptorOf(CONFIG);
  const hidden = `{"schemaVersion":2,"__proto__":{"config":${JSON.stringify(config)},"layers":[]},"constructor":{"prototype":{"config":1}}}`;

  it('with the keys of prototypes changes nothing', async () => {
    await converse(
      guarded.registry,
      [
        put(hidden, { 'content-type': OCI_MANIFEST }),
        put(hidden),
        put('{"__proto__":{"manifests":[]},"schemaVersion":2}', { 'content-type': OCI_INDEX }),
      ],
      guarded.user,
    );
    expect(['config', 'manifests', 'layers'].filter((key) => key in {})).toEqual([]);
  });

  it('of millions of levels or values is refused in no time, and in no space', async () => {
    const deep = ['['.repeat(8 * MIB), '{"a":'.repeat(MIB), `${'['.repeat(4 * MIB)}${']'.repeat(4 * MIB)}`];
    const wide = [`[${'{},'.repeat(2 * MIB)}{}]`, `{"schemaVersion":2,"manifests":[],"x":[${'1,'.repeat(3 * MIB)}1]}`];
    for (const body of [...deep, ...wide]) {
      const start = process.memoryUsage().heapUsed;
      expect(await cpuTimeOf(() => converse(guarded.registry, [put(body)], guarded.user))).toBeLessThan(400);
      expect(process.memoryUsage().heapUsed - start).toBeLessThan(50 * MIB);
    }
  });

  it('cannot be two things at once', async () => {
    const both = JSON.stringify({ schemaVersion: 2, config, layers: [], manifests: [] });
    for (const type of [OCI_MANIFEST, OCI_INDEX, '', 'application/vnd.example+json']) {
      await converse(guarded.registry, [put(both, type === '' ? {} : { 'content-type': type })], guarded.user);
    }
    const folded = [{ Manifests: [] }, { MANIFESTS: [] }, { Config: config }].map((extra) =>
      JSON.stringify({ schemaVersion: 2, ...extra, config, layers: [] }),
    );
    for (const body of folded) await converse(guarded.registry, [put(body)], guarded.user);
  });
});

describe('what is somebody else’s', () => {
  it('is not mounted, not even by those who know its digest', async () => {
    const reply = await converse(
      guarded.registry,
      [
        { ask: `POST /v2/team/app/blobs/uploads/?mount=${SECRET.digest}&from=secret/app`, status: 202 },
        { ask: 'DELETE {location}', status: 204 },
        { ask: `POST /v2/team/app/blobs/uploads/?mount=${SECRET.digest}`, status: 202 },
        { ask: 'DELETE {location}', status: 204 },
        { ask: `GET /v2/team/app/blobs/${SECRET.digest}`, status: 404, code: 'BLOB_UNKNOWN' },
        {
          ask: 'PUT /v2/team/app/manifests/evil',
          headers: { 'content-type': OCI_MANIFEST },
          body: image([SECRET]).bytes,
          status: 400,
          code: 'MANIFEST_BLOB_UNKNOWN',
        },
      ],
      guarded.user,
    );
    expect(errorsOf(reply)[0]?.detail).toEqual([{ digest: SECRET.digest }]);
  });

  it('is not served from what was kept in memory for others', async () => {
    const { digest } = image([SECRET]);
    const own = [
      `GET /v2/secret/app/blobs/${SECRET.digest}`,
      `GET /v2/secret/app/manifests/${digest}`,
      'GET /v2/secret/app/manifests/x',
    ];
    await converse(
      guarded.registry,
      own.flatMap((ask) => [
        { ask, status: 200 },
        { ask, status: 200 },
      ]),
      guarded.admin,
    );
    await converse(
      guarded.registry,
      own.map((ask) => ({ ask, status: 403, code: 'DENIED' })),
      guarded.user,
    );
    await converse(
      guarded.registry,
      own.map((ask) => ({
        ask: ask.replace('secret/app', 'team/app').replace('manifests/x', 'manifests/y'),
        status: 404,
      })),
      guarded.user,
    );
  });

  it('is an upload of another user or repository', async () => {
    const { headers } = await converse(
      guarded.registry,
      [{ ask: 'POST /v2/team/app/blobs/uploads/', status: 202 }],
      guarded.admin,
    );
    const session = headers.location ?? '';
    const gone = { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' };
    const rows = [
      { ask: `GET ${session}`, ...gone },
      { ask: `PATCH ${session}`, body: 'x', ...gone },
      { ask: `PUT ${session}?digest=${SECRET.digest}`, body: 'secret', ...gone },
      { ask: `DELETE ${session}`, ...gone },
    ];
    await converse(guarded.registry, rows, guarded.user);
    await converse(
      guarded.registry,
      rows.map((row) => ({ ...row, ask: row.ask.replace('team/app', 'team/b') })),
      guarded.admin,
    );
    await converse(guarded.registry, [{ ask: `DELETE ${session}`, status: 204 }], guarded.admin);
  });
});
