/** The wire, "Pushing Manifests". */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import {
  CONFIG,
  type Content,
  blob,
  content,
  descriptorOf,
  dockerImage,
  image,
  index,
  pushBlob,
  pushManifest,
} from '../../support/images.ts';
import { type MemoryRegistry, type RegistryOptions, startRegistry } from '../../support/registry-server.ts';
import { errorsOf } from '../../support/wire-rules.ts';
import { type Row, converse } from '../../support/wire-table.ts';

const MIB = 1024 * 1024;
const layer = blob('layer');

/** A registry whose repository `a` holds a config and a layer. */
async function startWithBlobs(options: RegistryOptions = {}): Promise<MemoryRegistry> {
  const registry = await startRegistry(options);
  for (const part of [CONFIG, layer]) await pushBlob(registry, 'a', part);
  return registry;
}

function put(
  { bytes, mediaType }: Content,
  reference = 'x',
  type: string | undefined = mediaType,
): Pick<Row, 'ask' | 'headers' | 'body'> {
  return { ask: `PUT /v2/a/manifests/${reference}`, headers: type === '' ? {} : { 'content-type': type }, body: bytes };
}

const json = (value: unknown, mediaType = OCI_MANIFEST) => content(JSON.stringify(value), mediaType);

describe('a manifest', () => {
  it('is stored under its tag and its digest', async () => {
    await using registry = await startWithBlobs();
    const manifest = image([layer]);
    const has = {
      location: `/v2/a/manifests/${manifest.digest}`,
      'docker-content-digest': manifest.digest,
      'content-length': '0',
      'oci-subject': undefined,
      'oci-tag': undefined,
    };
    await converse(registry, [
      { ...put(manifest), status: 201, has },
      { ask: 'GET {location}', status: 200, is: manifest.bytes },
      { ask: 'GET /v2/a/manifests/x', status: 200, is: manifest.bytes },
      { ...put(manifest), status: 201, has },
    ]);
  });

  it('pushed by digest has no tag', async () => {
    await using registry = await startWithBlobs();
    const manifest = image([layer]);
    await converse(registry, [
      { ...put(manifest, manifest.digest), status: 201, has: { location: `/v2/a/manifests/${manifest.digest}` } },
      { ask: 'GET /v2/a/tags/list', status: 200, is: '{"name":"a","tags":[]}\n' },
    ]);
  });

  it('may have a sha512 digest', async () => {
    await using registry = await startWithBlobs();
    const manifest = image([layer]);
    const digest = digestOf(manifest.bytes, 'sha512');
    await converse(registry, [
      {
        ...put(manifest, digest),
        status: 201,
        has: { 'docker-content-digest': digest, location: `/v2/a/manifests/${digest}` },
      },
      {
        ask: `GET /v2/a/manifests/${digest}`,
        status: 200,
        has: { 'docker-content-digest': digest },
        is: manifest.bytes,
      },
      { ask: `GET /v2/a/manifests/${manifest.digest}`, status: 404, code: 'MANIFEST_UNKNOWN' },
      { ...put(manifest, `${digest}?tag=x`), status: 201, has: { 'oci-tag': 'x' } },
      { ask: 'HEAD /v2/a/manifests/x', status: 200, has: { 'docker-content-digest': digest } },
    ]);
  });

  it('with another digest than it was pushed under is refused', async () => {
    await using registry = await startWithBlobs();
    const bad = { status: 400, code: 'DIGEST_INVALID' };
    const manifest = image([layer]);
    await converse(registry, [
      { ...put(manifest, digestOf('other')), ...bad },
      { ...put(manifest, digestOf('other', 'sha512')), ...bad },
      { ...put(manifest, 'sha256:baddigeststring'), ...bad },
      { ...put(manifest, manifest.digest.toUpperCase()), ...bad },
      { ask: `HEAD /v2/a/manifests/${manifest.digest}`, status: 404 },
    ]);
  });

  it('keeps every byte: spaces, order, duplicate annotations, a line end', async () => {
    await using registry = await startWithBlobs();
    const text = ` {\n "layers" : [ ],  "config":${JSON.stringify(descriptorOf(CONFIG))},\t"schemaVersion" :2, "\\u0061nnotations":{"a":"1", "a":"2", "ü":"\\u00fc"}, "custom": [1.0, 1e2] }\n\n`;
    const manifest = content(text, OCI_MANIFEST);
    await converse(registry, [
      { ...put(manifest), status: 201 },
      { ask: 'GET /v2/a/manifests/x', status: 200, is: manifest.bytes },
    ]);
  });

  it('may be large, up to a limit', async () => {
    await using registry = await startWithBlobs();
    const ofLength = (length: number) => {
      const empty = image([], { annotations: { large: '' } });
      return image([], { annotations: { large: 'x'.repeat(length - empty.bytes.length) } });
    };
    const chunked = async function* (bytes: Buffer) {
      for (let at = 0; at < bytes.length; at += MIB) yield bytes.subarray(at, at + MIB);
    };
    const largest = ofLength(8 * MIB);
    const tooLarge = ofLength(8 * MIB + 1);
    expect([largest.bytes.length, tooLarge.bytes.length]).toEqual([8 * MIB, 8 * MIB + 1]);
    await converse(registry, [
      { ...put(ofLength(4 * MIB)), status: 201 },
      { ...put(largest), status: 201 },
      { ...put(largest), body: chunked(largest.bytes), status: 201 },
      { ...put(tooLarge), status: 413, code: 'MANIFEST_INVALID' },
      { ...put(tooLarge), body: chunked(tooLarge.bytes), status: 413, code: 'MANIFEST_INVALID' },
      { ask: 'GET /v2/a/manifests/x', status: 200, is: largest.bytes },
    ]);
  });
});

describe('what a manifest references', () => {
  it('must be in the repository, and what is missing is named', async () => {
    await using registry = await startWithBlobs();
    const elsewhere = blob('elsewhere');
    await pushBlob(registry, 'b', elsewhere);
    const absent = blob('absent', 'sha512');
    const missing = (...parts: Content[]) => parts.map(({ digest }) => ({ digest }));
    const rows: [Content, unknown][] = [
      [image([layer, elsewhere, absent]), missing(elsewhere, absent)],
      [image([], { config: elsewhere }), missing(elsewhere)],
      [index([image([layer])]), missing(image([layer]))],
    ];
    for (const [manifest, detail] of rows) {
      const reply = await converse(registry, [{ ...put(manifest), status: 400, code: 'MANIFEST_BLOB_UNKNOWN' }]);
      expect(errorsOf(reply)[0]?.detail).toEqual(detail);
    }
    await converse(registry, [{ ask: 'GET /v2/a/tags/list', status: 200, is: { name: 'a', tags: [] } }]);
  });

  it('may stay with its publisher when it is not for distribution', async () => {
    await using registry = await startWithBlobs();
    const foreign = [
      'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
      'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    ].map((mediaType) => content(mediaType, mediaType));
    await converse(registry, [
      { ...put(image([layer, ...foreign])), status: 201 },
      { ...put(image([], { config: foreign[0] ?? CONFIG })), status: 201 },
    ]);
  });

  it('may be an index of indexes, or of nothing', async () => {
    await using registry = await startWithBlobs();
    const images = [image([layer]), image([])];
    const inner = index(images);
    const nested = index([inner, index([])]);
    for (const part of [...images, inner, index([])]) await pushManifest(registry, 'a', part);
    await converse(registry, [
      { ...put(nested), status: 201 },
      { ask: 'GET /v2/a/manifests/x', status: 200, has: { 'content-type': OCI_INDEX }, is: nested.bytes },
      { ...put(index([], { mediaType: DOCKER_MANIFEST_LIST })), status: 201 },
    ]);
  });

  it('may have been pushed as a blob, as some clients do with children', async () => {
    await using registry = await startWithBlobs();
    const child = image([layer]);
    await pushBlob(registry, 'a', child);
    await converse(registry, [{ ...put(index([child])), status: 201 }]);
  });

  it('may be thousands, but not any number', async () => {
    await using registry = await startRegistry({ allowSparse: true });
    const children = Array.from({ length: 4_001 }, (_, at) => blob(String(at)));
    await converse(registry, [
      { ...put(index(children.slice(1))), status: 201 },
      { ...put(index(children)), status: 400, code: 'MANIFEST_INVALID' },
    ]);
  });

  it('may be absent where sparse manifests are allowed', async () => {
    await using registry = await startRegistry({ allowSparse: true });
    const sparse = index([image([layer]), dockerImage([layer])]);
    await converse(registry, [
      { ...put(sparse), status: 201 },
      { ask: 'GET /v2/a/manifests/x', status: 200, is: sparse.bytes },
      { ...put(image([blob('absent')])), status: 201 },
      { ask: `GET /v2/a/blobs/${blob('absent').digest}`, status: 404, code: 'BLOB_UNKNOWN' },
    ]);
  });
});

describe('the media type', () => {
  const plain = json({ schemaVersion: 2, config: descriptorOf(CONFIG), layers: [] });
  const typed = image([]);
  const custom = 'application/vnd.Example.Thing.v1+json';

  const served: [title: string, manifest: Content, sent: string, served: string][] = [
    ['is the one that was sent', plain, DOCKER_MANIFEST, DOCKER_MANIFEST],
    ['has no parameters', plain, `${OCI_MANIFEST}; charset=utf-8`, OCI_MANIFEST],
    ['has no parameters in odd places', typed, ` ${OCI_MANIFEST} ;charset="utf-8"; x`, OCI_MANIFEST],
    ['is the manifest’s own when none was sent', typed, '', OCI_MANIFEST],
    ['is the manifest’s own when what was sent says nothing', index([]), 'application/json', OCI_INDEX],
    ['is that of an image when nobody says', plain, '', OCI_MANIFEST],
    [
      'is that of an index when nobody says',
      json({ schemaVersion: 2, manifests: [] }),
      'application/octet-stream',
      OCI_INDEX,
    ],
    ['may be one nobody knows', json({ mediaType: custom, anything: 1 }, custom), custom, custom],
    ['may be one nobody knows, told by the manifest alone', json({ mediaType: custom }), '', custom],
    [
      'is told apart without regard to case, and kept as the manifest has it',
      typed,
      OCI_MANIFEST.toUpperCase(),
      OCI_MANIFEST,
    ],
  ];

  it.each(served)('%s', async (_, manifest, sent, type) => {
    await using registry = await startWithBlobs();
    await converse(registry, [
      { ...put(manifest, 'x', sent), status: 201 },
      { ask: 'GET /v2/a/manifests/x', status: 200, has: { 'content-type': type }, is: manifest.bytes },
    ]);
  });

  const both = { schemaVersion: 2, config: descriptorOf(CONFIG), layers: [], manifests: [] };
  const refused: [title: string, manifest: Content, sent: string][] = [
    ['differs from the manifest’s own', typed, DOCKER_MANIFEST],
    ['makes an index of an image', plain, OCI_INDEX],
    ['makes an image of an index', json({ schemaVersion: 2, manifests: [] }), OCI_MANIFEST],
    ['makes an image of an index, in capitals', json({ schemaVersion: 2, manifests: [] }), OCI_MANIFEST.toUpperCase()],
    ['leaves open what it is: image', json(both), OCI_MANIFEST],
    ['leaves open what it is: index', json(both), OCI_INDEX],
    ['leaves open what it is: anything', json(both), custom],
    ['leaves open what it is, in other letters', json({ schemaVersion: 2, manifests: [], Layers: [] }), OCI_INDEX],
    [
      'is schema 1',
      json({ schemaVersion: 1, fsLayers: [] }),
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    ],
    ['hides schema 1', json({ schemaVersion: 1, name: 'a', tag: 'x', fsLayers: [], history: [] }), ''],
    ['would end the header', json({ mediaType: 'application/x\r\nset-cookie: a=b' }), ''],
    ['would not fit a header', json({ mediaType: 'application/\u{1f433}' }), ''],
    ['is a sentence', json({ mediaType: 'no type at all' }), ''],
    ['is no text', json({ mediaType: 7, config: descriptorOf(CONFIG) }), OCI_MANIFEST],
    ['has no subtype', typed, 'application'],
    ['is longer than any', json({}), `application/${'x'.repeat(300)}`],
  ];

  it.each(refused)('is refused when it %s', async (_, manifest, sent) => {
    await using registry = await startWithBlobs();
    await converse(registry, [
      { ...put(manifest, 'x', sent), status: 400, code: 'MANIFEST_INVALID' },
      { ask: 'HEAD /v2/a/manifests/x', status: 404 },
    ]);
  });

  it('may change when the same bytes are pushed as something else', async () => {
    await using registry = await startWithBlobs();
    await converse(registry, [
      { ...put(plain, 'x', OCI_MANIFEST), status: 201 },
      { ask: 'HEAD /v2/a/manifests/x', status: 200, has: { 'content-type': OCI_MANIFEST } },
      { ...put(plain, 'y', DOCKER_MANIFEST), status: 201 },
      { ask: 'HEAD /v2/a/manifests/y', status: 200, has: { 'content-type': DOCKER_MANIFEST } },
    ]);
  });
});

describe('what is no manifest', () => {
  const config = descriptorOf(CONFIG);
  const bad: [title: string, bytes: string | Uint8Array][] = [
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['half a JSON', '{"schemaVersion":2,'],
    ['a list', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['no UTF-8', Buffer.from('7b2261223a22ff227d', 'hex')],
    ['a byte order mark', '\ufeff{"schemaVersion":2}'],
    ['no config', '{"schemaVersion":2,"layers":[]}'],
    ['no version', JSON.stringify({ config, layers: [] })],
    ['a layer without a digest', JSON.stringify({ schemaVersion: 2, config, layers: [{ size: 1 }] })],
    [
      'a layer with a digest that is none',
      JSON.stringify({ schemaVersion: 2, config, layers: [{ ...config, digest: 'sha256:1' }] }),
    ],
    ['a layer of negative size', JSON.stringify({ schemaVersion: 2, config, layers: [{ ...config, size: -1 }] })],
    ['a layer of broken size', JSON.stringify({ schemaVersion: 2, config, layers: [{ ...config, size: 1.5 }] })],
    ['layers that are no list', JSON.stringify({ schemaVersion: 2, config, layers: 'all' })],
    ['a layer that is null', JSON.stringify({ schemaVersion: 2, config, layers: [null] })],
    ['a subject without a digest', JSON.stringify({ schemaVersion: 2, config, layers: [], subject: {} })],
    ['a subject that is no object', JSON.stringify({ schemaVersion: 2, config, layers: [], subject: 'x' })],
    ['a subject that is empty', JSON.stringify({ schemaVersion: 2, config, layers: [], subject: '' })],
  ];

  it.each(bad)('is refused: %s', async (_, bytes) => {
    await using registry = await startWithBlobs();
    await converse(registry, [
      { ...put(content(bytes, OCI_MANIFEST)), status: 400, code: 'MANIFEST_INVALID' },
      { ask: 'HEAD /v2/a/manifests/x', status: 404 },
    ]);
  });
});

describe('tags in parameters', () => {
  const manifest = image([]);
  const tags = (count: number) =>
    Array.from({ length: count }, (_, at) => `${String(at).padStart(3, '0')}${'t'.repeat(125)}`);
  const query = (names: readonly string[]) => `${manifest.digest}?${names.map((name) => `tag=${name}`).join('&')}`;

  it('are set together, up to a hundred of the longest', async () => {
    await using registry = await startWithBlobs();
    const names = tags(100);
    const reply = await converse(registry, [
      {
        ...put(manifest, query(['1.2.3', '1.2', '1', 'latest'])),
        status: 201,
        has: { 'oci-tag': '1.2.3, 1.2, 1, latest' },
      },
      { ...put(manifest, query(names)), status: 201, has: { location: `/v2/a/manifests/${manifest.digest}` } },
    ]);
    expect(reply.headers['oci-tag']).toBe(names.join(', '));
    await converse(registry, [
      {
        ask: 'GET /v2/a/tags/list',
        status: 200,
        is: { name: 'a', tags: [...names, '1', '1.2', '1.2.3', 'latest'].toSorted() },
      },
      ...names.slice(0, 3).map((name) => ({ ask: `GET /v2/a/manifests/${name}`, status: 200, is: manifest.bytes })),
    ]);
  });

  it('are refused beyond, and then nothing is stored', async () => {
    await using registry = await startWithBlobs();
    await converse(registry, [
      { ...put(manifest, query(tags(101))), status: 414, code: 'UNSUPPORTED' },
      { ...put(manifest, query(['good', '.bad'])), status: 400, code: 'MANIFEST_INVALID' },
      { ...put(manifest, query(['good', ''])), status: 400, code: 'MANIFEST_INVALID' },
      { ...put(manifest, query(['good', digestOf('x')])), status: 400, code: 'MANIFEST_INVALID' },
      { ask: `HEAD /v2/a/manifests/${manifest.digest}`, status: 404 },
    ]);
  });

  it('may be named twice, and beside the tag in the path', async () => {
    await using registry = await startWithBlobs();
    await converse(registry, [
      { ...put(manifest, 'x?tag=y&tag=y&tag=x'), status: 201, has: { 'oci-tag': 'y, x' } },
      { ask: 'GET /v2/a/tags/list', status: 200, is: { name: 'a', tags: ['x', 'y'] } },
    ]);
  });

  it('are not set when the manifest is incomplete', async () => {
    await using registry = await startWithBlobs();
    const incomplete = image([blob('absent')]);
    await converse(registry, [
      { ...put(manifest, query(['x'])), status: 201 },
      { ...put(incomplete, `${incomplete.digest}?tag=x&tag=y`), status: 400, code: 'MANIFEST_BLOB_UNKNOWN' },
      { ask: 'GET /v2/a/manifests/x', status: 200, is: manifest.bytes },
      { ask: 'HEAD /v2/a/manifests/y', status: 404 },
    ]);
  });
});
