/** The wire, "Listing Tags", and the catalog. */
import { describe, expect, it } from 'vitest';
import { CONFIG, image, pushBlob, pushImage, pushManifest } from '../../support/images.ts';
import { type MemoryRegistry, startRegistry } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';

const link = (path: string, n: number, last: string) => `<${path}?n=${n}&last=${last}>; rel="next"`;

async function startWithTags(tags: readonly string[]): Promise<MemoryRegistry> {
  const registry = await startRegistry();
  await pushBlob(registry, 'team/app', CONFIG);
  for (const as of tags) await pushManifest(registry, 'team/app', image([]), { as });
  return registry;
}

/** Follows Links from page to page. */
async function follow(registry: MemoryRegistry, first: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let path: string | undefined = first; path !== undefined;) {
    const reply = await registry.send({ method: 'GET', path });
    const { tags, repositories } = JSON.parse(reply.text) as { tags?: string[]; repositories?: string[] };
    pages.push(tags ?? repositories ?? []);
    path = /^<([^>]+)>; rel="next"$/.exec(String(reply.headers['link'] ?? ''))?.[1];
  }
  return pages;
}

describe('tags', () => {
  const PATH = '/v2/team/app/tags/list';
  const page = (...tags: string[]) => ({ name: 'team/app', tags });

  it('are listed in the order of their bytes, compact, with the name', async () => {
    await using registry = await startWithTags(['b', 'a', 'B', '_', '10', '9', 'a.b', 'a-b', 'A', 'latest']);
    const is = '{"name":"team/app","tags":["10","9","A","B","_","a","a-b","a.b","b","latest"]}\n';
    await converse(registry, [
      { ask: `GET ${PATH}`, status: 200, has: { 'content-type': 'application/json', link: undefined }, is },
      { ask: `HEAD ${PATH}`, status: 200, has: { 'content-length': String(is.length) } },
    ]);
  });

  it('are what they are now, after every push and deletion', async () => {
    await using registry = await startWithTags(['b', 'c']);
    const listed = async () => {
      const twice = [
        await registry.send({ method: 'GET', path: PATH }),
        await registry.send({ method: 'GET', path: PATH }),
      ];
      expect(twice[0]?.text).toBe(twice[1]?.text);
      return JSON.parse(twice[0]?.text ?? '') as unknown;
    };
    expect(await listed()).toEqual(page('b', 'c'));
    await pushManifest(registry, 'team/app', image([]), { as: 'a' });
    expect(await listed()).toEqual(page('a', 'b', 'c'));
    await registry.send({ method: 'DELETE', path: '/v2/team/app/manifests/b' });
    expect(await listed()).toEqual(page('a', 'c'));
    await registry.send({ method: 'DELETE', path: `/v2/team/app/manifests/${image([]).digest}` });
    expect(await listed()).toEqual(page());
  });

  it('have the name by which they were asked for, and its Link', async () => {
    await using registry = await startWithTags(['a', 'b']);
    const below = '/repositories/oci/team/v2/app/tags/list?n=1';
    for (const [path, name] of [
      [`${PATH}?n=1`, 'team/app'],
      [below, 'app'],
      [`${PATH}?n=1`, 'team/app'],
    ] as const) {
      const reply = await registry.send({ method: 'GET', path });
      expect(JSON.parse(reply.text)).toEqual({ name, tags: ['a'] });
      expect(reply.headers['link']).toBe(link(`/v2/${name}/tags/list`, 1, 'a'));
    }
  });

  it('come in pages of exactly n, with a Link while there are more', async () => {
    await using registry = await startWithTags(['a', 'b', 'c', 'd', 'e']);
    const none = { link: undefined };
    await converse(registry, [
      { ask: `GET ${PATH}?n=2`, status: 200, is: page('a', 'b'), has: { link: link(PATH, 2, 'b') } },
      { ask: `GET ${PATH}?n=2&last=b`, status: 200, is: page('c', 'd'), has: { link: link(PATH, 2, 'd') } },
      { ask: `GET ${PATH}?n=2&last=d`, status: 200, is: page('e'), has: none },
      { ask: `GET ${PATH}?n=4`, status: 200, is: page('a', 'b', 'c', 'd'), has: { link: link(PATH, 4, 'd') } },
      { ask: `GET ${PATH}?n=5`, status: 200, is: page('a', 'b', 'c', 'd', 'e'), has: none },
      { ask: `GET ${PATH}?n=6`, status: 200, is: page('a', 'b', 'c', 'd', 'e'), has: none },
      { ask: `GET ${PATH}?n=1&last=d`, status: 200, is: page('e'), has: none },
      { ask: `GET ${PATH}?n=1&last=c`, status: 200, is: page('d'), has: { link: link(PATH, 1, 'd') } },
      { ask: `GET ${PATH}?last=c`, status: 200, is: page('d', 'e'), has: none },
      { ask: `GET ${PATH}?last=`, status: 200, is: page('a', 'b', 'c', 'd', 'e'), has: none },
      { ask: `GET ${PATH}?last=e`, status: 200, is: page(), has: none },
    ]);
    for (let n = 1; n <= 6; n++)
      expect((await follow(registry, `${PATH}?n=${n}`)).flat()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await follow(registry, `${PATH}?n=2`)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('are none when n is zero, and many when it is large', async () => {
    await using registry = await startWithTags(['a', 'b']);
    const all = { status: 200, is: page('a', 'b'), has: { link: undefined } };
    await converse(registry, [
      { ask: `GET ${PATH}?n=0`, status: 200, is: '{"name":"team/app","tags":[]}\n', has: { link: undefined } },
      { ask: `GET ${PATH}?n=00`, status: 200, is: page(), has: { link: undefined } },
      { ask: `GET ${PATH}?n=2147483647`, ...all },
      { ask: `GET ${PATH}?n=${'9'.repeat(400)}`, ...all },
      { ask: `GET ${PATH}?n=02`, ...all },
      { ask: `GET ${PATH}?n=1&n=2`, status: 200, is: page('a') },
    ]);
  });

  it.each(['-1', '1.5', '', 'x', '1e3', '0x1', '+1', '%201', '1%00', 'NaN', 'Infinity', '%D9%A1'])(
    'cannot come in pages of %j',
    async (n) => {
      await using registry = await startWithTags(['a']);
      await converse(registry, [{ ask: `GET ${PATH}?n=${n}`, status: 400, code: 'UNSUPPORTED' }]);
    },
  );

  it('go on after one that was deleted meanwhile, or never was', async () => {
    await using registry = await startWithTags(['a', 'b', 'c']);
    await converse(registry, [
      { ask: `GET ${PATH}?n=2`, status: 200, is: page('a', 'b') },
      { ask: 'DELETE /v2/team/app/manifests/b', status: 202 },
      { ask: `GET ${PATH}?n=2&last=b`, status: 200, is: page('c') },
      { ask: `GET ${PATH}?last=aa`, status: 200, is: page('c') },
      { ask: `GET ${PATH}?last=%FF%00`, status: 200, is: page() },
      { ask: `GET ${PATH}?last=A`, status: 200, is: page('a', 'c') },
    ]);
  });

  it('of a repository without any are an empty list; of no repository, 404', async () => {
    await using registry = await startWithTags([]);
    await converse(registry, [
      { ask: `GET ${PATH}`, status: 200, is: '{"name":"team/app","tags":[]}\n' },
      { ask: `GET ${PATH}?n=1`, status: 200, is: page(), has: { link: undefined } },
      { ask: 'GET /v2/team/tags/list', status: 404, code: 'NAME_UNKNOWN' },
      { ask: 'GET /v2/TEAM/tags/list', status: 400, code: 'NAME_INVALID' },
    ]);
  });

  it('beyond a page’s limit come with a Link, though nobody asked for pages', async () => {
    await using registry = await startRegistry();
    const tags = Array.from({ length: 10_001 }, (_, at) => `t${String(at).padStart(5, '0')}`);
    await pushBlob(registry, 'a', CONFIG);
    const { digest } = image([]);
    for (let at = 0; at < tags.length; at += 100) {
      const query = tags
        .slice(at, at + 100)
        .map((tag) => `tag=${tag}`)
        .join('&');
      await pushManifest(registry, 'a', image([]), { as: `${digest}?${query}` });
    }
    for (const path of ['/v2/a/tags/list', '/v2/a/tags/list?n=20000']) {
      const pages = await follow(registry, path);
      expect(pages.map(({ length }) => length)).toEqual([10_000, 1]);
      expect(pages.flat()).toEqual(tags);
    }
  });
});

describe('the catalog', () => {
  const NAMES = ['a', 'a-b', 'a/b', 'b', 'team/app'];

  async function startWithRepositories(names: readonly string[]): Promise<MemoryRegistry> {
    const registry = await startRegistry();
    for (const name of names.toReversed()) await pushBlob(registry, name, CONFIG);
    return registry;
  }

  it('is written as Distribution writes it (S2-04)', async () => {
    await using registry = await startRegistry();
    await converse(registry, [{ ask: 'GET /v2/_catalog', status: 200, is: '{"repositories":[]}\n' }]);
    await pushImage(registry, 'ansible-playbook', { as: 'latest' });
    const has = { 'content-type': 'application/json', 'content-length': '38', link: undefined };
    await converse(registry, [
      { ask: 'GET /v2/_catalog', status: 200, has, is: '{"repositories":["ansible-playbook"]}\n' },
    ]);
  });

  it('comes in pages as tags do', async () => {
    await using registry = await startWithRepositories(NAMES);
    const next = (n: number, last: string) => link('/v2/_catalog', n, encodeURIComponent(last));
    await converse(registry, [
      { ask: 'GET /v2/_catalog', status: 200, is: { repositories: NAMES }, has: { link: undefined } },
      {
        ask: 'GET /v2/_catalog?n=3',
        status: 200,
        is: { repositories: NAMES.slice(0, 3) },
        has: { link: next(3, 'a/b') },
      },
      {
        ask: 'GET /v2/_catalog?n=3&last=a%2Fb',
        status: 200,
        is: { repositories: NAMES.slice(3) },
        has: { link: undefined },
      },
      { ask: 'GET /v2/_catalog?n=5', status: 200, is: { repositories: NAMES }, has: { link: undefined } },
      { ask: 'GET /v2/_catalog?n=0', status: 200, is: '{"repositories":[]}\n', has: { link: undefined } },
      { ask: 'GET /v2/_catalog?last=a%2Fa', status: 200, is: { repositories: NAMES.slice(2) } },
      { ask: 'GET /v2/_catalog?n=2147483647', status: 200, is: { repositories: NAMES } },
      { ask: 'GET /v2/_catalog?n=-1', status: 400, code: 'UNSUPPORTED' },
      { ask: 'GET /v2/_catalog?n=1.0', status: 400, code: 'UNSUPPORTED' },
    ]);
    for (let n = 1; n <= 6; n++) expect((await follow(registry, `/v2/_catalog?n=${n}`)).flat()).toEqual(NAMES);
  });
});
