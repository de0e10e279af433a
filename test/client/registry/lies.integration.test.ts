/** Registries that lie, break off and never end: what is refused, and what is mended. */
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { blob, descriptorOf, image } from '../../support/images.ts';
import { type StubReply, startStub } from './support/stub-registry.ts';

const never = new AbortController().signal;
/** Short ones come over connections that are kept, long ones over one of their own, others as Node has it. */
const [SHORT, MIDDLE, LONG] = [120_000, 300_000, 4_500_000];
const layerOf = (length: number) =>
  blob(Buffer.alloc(length, Buffer.from(Array.from({ length: 251 }, (_, byte) => byte))));
const LAYER = layerOf(SHORT);
const IMAGE = image([LAYER]);
const LOGIN = { kind: 'password', user: 'anna', password: 'secret' } as const;
const manifestReply = { headers: { 'content-type': OCI_MANIFEST }, body: IMAGE.bytes };

/** A reply that ends the connection after some bytes of the body. */
function cut(
  bytes: Uint8Array,
  after: number,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): StubReply {
  return (response) => {
    response.writeHead(status, { 'content-length': bytes.length, ...headers });
    response.write(bytes.subarray(0, after), () => response.destroy());
  };
}

function fromRange(range: string | undefined): number {
  return Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
}

describe.each([SHORT, MIDDLE, LONG])('a blob of %d bytes', (length) => {
  const CONTENT = layerOf(length);

  it('comes whole from connections that break', async () => {
    await using stub = await startStub(({ headers }) => {
      const start = fromRange(headers.range);
      const rest = CONTENT.bytes.subarray(start);
      const range = { 'content-range': `bytes ${start}-${CONTENT.bytes.length - 1}/${CONTENT.bytes.length}` };
      return start === 0 ? cut(rest, length / 3) : cut(rest, length / 3, range, 206);
    });
    const read = await buffer(await stub.client().openBlob('a', descriptorOf(CONTENT), never));
    expect(read.equals(CONTENT.bytes)).toBe(true);
    const starts = stub.requests.map(({ headers }) => fromRange(headers.range));
    expect(starts.length).toBeGreaterThan(2);
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
    expect(new Set(starts).size).toBe(starts.length);
  });

  it('comes whole from a registry that knows no ranges', async () => {
    let times = 0;
    await using stub = await startStub(({ path }) => {
      if (path === '/v2/') return undefined;
      return times++ === 0 ? cut(CONTENT.bytes, 100_000) : { body: CONTENT.bytes };
    });
    const read = await buffer(await stub.client().openBlob('a', descriptorOf(CONTENT), never));
    expect(read.equals(CONTENT.bytes)).toBe(true);
    expect(stub.requests).toHaveLength(2);
  });

  it('is given up when the connection breaks again and again', async () => {
    await using stub = await startStub(() => cut(CONTENT.bytes, 0));
    const read = async () => buffer(await stub.client().openBlob('a', descriptorOf(CONTENT), never));
    await expect(read()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });

  it.each<[string, StubReply]>([
    ['has other bytes', { body: Buffer.alloc(CONTENT.bytes.length) }],
    ['is too short, and says so', { body: CONTENT.bytes.subarray(1) }],
    ['is too short in pieces', (response) => void response.writeHead(200).end(CONTENT.bytes.subarray(1))],
    ['is too long', { body: Buffer.concat([CONTENT.bytes, CONTENT.bytes]) }],
    [
      'is too long in pieces',
      (response) => void response.writeHead(200).end(Buffer.concat([CONTENT.bytes, CONTENT.bytes])),
    ],
    ['begins elsewhere', { status: 206, headers: { 'content-range': 'bytes 5-9/10' }, body: CONTENT.bytes }],
    ['is compressed again', { headers: { 'content-encoding': 'gzip' }, body: CONTENT.bytes }],
  ])('that %s is refused', async (how, reply) => {
    await using stub = await startStub(({ path }) => (path === '/v2/' ? undefined : reply));
    const read = async () => {
      let count = 0;
      const stream = await stub.client().openBlob('a', descriptorOf(CONTENT), never);
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) count += chunk.length;
      } finally {
        // Nobody ever has the whole of something wrong.
        expect(count).toBeLessThan(CONTENT.bytes.length);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'CONTENT_WRONG' });
    // What does not tell its length is asked for again, in the usual way.
    expect(stub.requests).toHaveLength(length !== MIDDLE && how.endsWith('in pieces') ? 2 : 1);
  });

  it('is looked for elsewhere, without the credentials', async () => {
    await using other = await startStub(() => ({ body: CONTENT.bytes }));
    await using stub = await startStub(({ headers, path }) => {
      if (headers.authorization === undefined)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="a"' } };
      return path === '/v2/' ? {} : { status: 307, headers: { location: `${other.origin}/elsewhere?signature=1` } };
    });
    const read = await buffer(
      await stub.client({ credentials: async () => LOGIN }).openBlob('a', descriptorOf(CONTENT), never),
    );
    expect(read.equals(CONTENT.bytes)).toBe(true);
    expect(stub.requests.at(-1)?.headers.authorization).toBeDefined();
    expect(other.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/elsewhere?signature=1', undefined],
    ]);
  });

  it('is not paid for with a login where the registry only leads to', async () => {
    await using other = await startStub((_, { origin }) => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${origin}/token",service="a"` },
    }));
    await using stub = await startStub(({ path }) =>
      path === '/v2/' ? {} : { status: 307, headers: { location: `${other.origin}/elsewhere` } },
    );
    const open = () => stub.client({ credentials: async () => LOGIN }).openBlob('a', descriptorOf(CONTENT), never);
    await expect(open()).rejects.toThrow();
    expect(other.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/elsewhere', undefined],
    ]);
  });

  it.each([
    ['round and round', '/v2/a/blobs/again'],
    ['to a file', 'file:///etc/passwd'],
    ['to the machine that hosts it', 'http://169.254.169.254/'],
    ['with a password', 'http://anna:secret@127.0.0.1/'],
    ['to nowhere', 'http://'],
  ])('is not looked for %s', async (_, location) => {
    await using stub = await startStub(({ path }) =>
      path === '/v2/' ? undefined : { status: 307, headers: { location } },
    );
    const open = () => stub.client().openBlob('a', descriptorOf(CONTENT), never);
    await expect(open()).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(stub.requests.length).toBeLessThanOrEqual(6);
  });

  it('that goes silent is gone on with', async () => {
    let times = 0;
    await using stub = await startStub(({ path }) => {
      if (path === '/v2/') return undefined;
      return times++ === 0
        ? (response) =>
            void response.writeHead(200, { 'content-length': CONTENT.bytes.length }).write(CONTENT.bytes.subarray(0, 9))
        : { body: CONTENT.bytes };
    });
    const read = await buffer(await stub.client({ silence: 200 }).openBlob('a', descriptorOf(CONTENT), never));
    expect(read.equals(CONTENT.bytes)).toBe(true);
    expect(stub.requests).toHaveLength(2);
  });

  it('is given up when the signal says so', async () => {
    await using stub = await startStub(({ path }) =>
      path === '/v2/'
        ? undefined
        : (response) => void response.writeHead(200, { 'content-length': CONTENT.bytes.length }).write('x'),
    );
    const stop = new AbortController();
    const stream = await stub.client().openBlob('a', descriptorOf(CONTENT), stop.signal);
    stream.once('data', () => stop.abort(new Error('enough')));
    await expect(buffer(stream)).rejects.toThrow('enough');
  });
});

describe('a manifest', () => {
  // As registry.k8s.io leads to the registry that it stands for.
  it('is looked for elsewhere, without the credentials', async () => {
    await using other = await startStub(() => manifestReply);
    await using stub = await startStub(({ headers, path }) => {
      if (headers.authorization === undefined)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="a"' } };
      return path === '/v2/' ? {} : { status: 307, headers: { location: `${other.origin}${path}` } };
    });
    const client = stub.client({ credentials: async () => LOGIN });
    expect(await client.getManifest('a', '1', never)).toMatchObject({ digest: IMAGE.digest });
    expect(await client.headManifest('a', '1', never)).toMatchObject({ digest: IMAGE.digest });
    expect(stub.requests.at(-1)?.headers.authorization).toBeDefined();
    expect(new Set(other.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([undefined]));
  });

  it('is what its digest says', async () => {
    await using stub = await startStub(({ path }) => (path.includes('manifests') ? manifestReply : undefined));
    expect(await stub.client().getManifest('a', IMAGE.digest, never)).toMatchObject({ digest: IMAGE.digest });
    const other = stub.client().getManifest('a', blob('other').digest, never);
    await expect(other).rejects.toMatchObject({ code: 'CONTENT_WRONG' });
  });

  it.each<[string, string, StubReply]>([
    [
      'has another digest than its header says',
      'CONTENT_WRONG',
      { ...manifestReply, headers: { ...manifestReply.headers, 'docker-content-digest': LAYER.digest } },
    ],
    ['is larger than any', 'ANSWER_TOO_LARGE', { body: Buffer.alloc(8 * 1024 * 1024 + 1) }],
    [
      'never ends',
      'ANSWER_TOO_LARGE',
      (response) => {
        const more = () => void (response.destroyed || response.write(Buffer.alloc(65_536), more));
        more();
      },
    ],
    ['is in a file', 'REDIRECT_REFUSED', { status: 307, headers: { location: 'file:///etc/passwd' } }],
    [
      'is of old',
      'SCHEMA1_UNSUPPORTED',
      { headers: { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' }, body: '{}' },
    ],
    ['is not there', 'IMAGE_NOT_FOUND', { status: 404 }],
    ['may not be read', 'ACCESS_DENIED', { status: 403 }],
  ])('that %s is refused: %s', async (_, code, reply) => {
    await using stub = await startStub(({ path }) => (path === '/v2/' ? undefined : reply));
    await expect(stub.client().getManifest('a', '1', never)).rejects.toMatchObject({ code });
    expect(stub.requests).toHaveLength(1);
  });

  it.each([
    ['busy', 429, 'REGISTRY_BUSY'],
    ['out of order', 503, 'REGISTRY_FAILED'],
  ])('is asked for again when the registry is %s', async (_, status, code) => {
    let left = 2;
    await using stub = await startStub(({ path }) => {
      if (path === '/v2/') return undefined;
      return left-- > 0 ? { status, headers: { 'retry-after': '0' } } : manifestReply;
    });
    expect(await stub.client().getManifest('a', '1', never)).toMatchObject({ digest: IMAGE.digest });
    expect(stub.requests).toHaveLength(3);
    left = Infinity;
    const client = stub.client({ retries: { times: 1, delay: 1 } });
    await expect(client.getManifest('a', '1', never)).rejects.toMatchObject({ code });
    expect(stub.requests).toHaveLength(5);
  });

  it('is waited for as long as the registry asks', async () => {
    let times = 0;
    await using stub = await startStub(({ path }) =>
      path === '/v2/' ? undefined : times++ === 0 ? { status: 429, headers: { 'retry-after': '1' } } : manifestReply,
    );
    const before = performance.now();
    await stub.client().getManifest('a', '1', never);
    expect(performance.now() - before).toBeGreaterThan(900);
  });

  it('is asked for again when the connection breaks', async () => {
    let left = 2;
    await using stub = await startStub(({ path }) =>
      path === '/v2/' ? undefined : left-- > 0 ? cut(IMAGE.bytes, left) : manifestReply,
    );
    expect(await stub.client().getManifest('a', '1', never)).toMatchObject({ digest: IMAGE.digest });
  });

  it('that the registry stores as another one is told', async () => {
    await using stub = await startStub(({ method }) =>
      method === 'PUT' ? { status: 201, headers: { 'docker-content-digest': LAYER.digest } } : undefined,
    );
    await expect(stub.client().putManifest('a', '1', IMAGE, never)).rejects.toMatchObject({ code: 'CONTENT_WRONG' });
  });
});

describe('a list of tags', () => {
  it('is followed page by page, with its registry', async () => {
    await using stub = await startStub(({ path }) => {
      if (path.includes('last=2')) return { body: '{"tags":["3"]}' };
      const link = `<http://elsewhere.example/v2/a/tags/list?last=2&n=2>; rel="next"`;
      return path.includes('tags') ? { headers: { link }, body: '{"tags":["1","2",7,"not a tag"]}' } : undefined;
    });
    expect(await Array.fromAsync(stub.client().listTags('a', never))).toEqual(['1', '2', '3']);
    expect(stub.requests).toHaveLength(2);
  });

  it.each<[string, string, (path: string) => string]>([
    ['comes back to a page', '{"tags":["1"]}', () => '</v2/a/tags/list?n=2>; rel=next'],
    ['has nothing but empty pages', '{"tags":[]}', (path) => `<${path}0>; rel=next`],
  ])('that %s is refused', async (_, body, link) => {
    await using stub = await startStub(({ path }) =>
      path.includes('tags') ? { headers: { link: link(path) }, body } : undefined,
    );
    await expect(Array.fromAsync(stub.client().listTags('a', never))).rejects.toMatchObject({ code: 'ANSWER_ENDLESS' });
    expect(stub.requests.length).toBeLessThan(20);
  });

  it.each(['<html>', '{"tags":7}', '[]'])('that is %s is not understood', async (body) => {
    await using stub = await startStub(({ path }) => (path.includes('tags') ? { body } : undefined));
    await expect(Array.fromAsync(stub.client().listTags('a', never))).rejects.toMatchObject({ code: 'ANSWER_STRANGE' });
  });
});
