/** The client of the API, against a server that is starting, busy, forgetful or gone. */
import { describe, expect, it } from 'vitest';
import { createKubeApi } from '../../src/kube/client-node-api.ts';
import type { KubeApi, KubeObject } from '../../src/kube/kube-api.ts';
import { type Answer, kubeconfigFor, say, serveApi } from './scripted-api-server.ts';

const KEY = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' };
const PATH = '/api/v1/namespaces/default/configmaps';
const soon = () => AbortSignal.timeout(10_000);

const objectAt = (resourceVersion: string, value = resourceVersion) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'default', resourceVersion },
  data: { value },
});
const eventOf = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

/** Answers requests for a path one by one, and then none. */
function inTurn(prefix: string, ...answers: readonly Answer[]): Answer {
  const left = [...answers];
  return (request, response) => {
    if (request.url?.startsWith(prefix) !== true) return false;
    return left.shift()?.(request, response);
  };
}

/** A list with an object, or an empty one, as of a version. */
const listed =
  (resourceVersion: string, ...items: readonly object[]): Answer =>
  (_, response) =>
    say(response, 200, { metadata: { resourceVersion }, items });

const valueOf = (object: KubeObject | undefined) => (object?.['data'] as { value?: string } | undefined)?.value;

/** Watches until so many states were seen. */
async function see(api: KubeApi, count: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const object of api.watch(KEY, soon())) {
    seen.push(valueOf(object));
    if (seen.length === count) break;
  }
  return seen;
}

describe('requests', () => {
  it('ask for the kinds of a group once, and go over one connection', async () => {
    const get: Answer = (request, response) =>
      request.url === `${PATH}/a` ? say(response, 200, objectAt('1')) : false;
    await using server = await serveApi(get);
    const api = createKubeApi(server.kubeconfig);
    for (let times = 0; times < 3; times += 1) expect(valueOf(await api.get(KEY))).toBe('1');
    expect(server.asked).toEqual(['GET /api/v1', `GET ${PATH}/a`, `GET ${PATH}/a`, `GET ${PATH}/a`]);
    expect(server.connections()).toBe(1);
  });

  it('say that a kind is unknown, and notice when it is known later', async () => {
    const resources = [{ name: 'others', kind: 'Other', namespaced: false }];
    await using server = await serveApi((request, response) => {
      if (request.url === '/apis/example.org/v1') return say(response, 200, { resources });
      return request.url === '/apis/example.org/v1/things/a' ? say(response, 200, objectAt('1')) : false;
    });
    const api = createKubeApi(server.kubeconfig);
    const key = { apiVersion: 'example.org/v1', kind: 'Thing', name: 'a' };
    expect(await api.get({ ...key, kind: 'Other' })).toBeUndefined();
    await expect(api.get(key)).rejects.toMatchObject({
      code: 'CLUSTER_REFUSED',
      message: 'The cluster has no objects of kind Thing (example.org/v1).',
    });
    expect(await api.get({ ...key, kind: 'Other' })).toBeUndefined();
    resources.push({ name: 'things', kind: 'Thing', namespaced: false });
    expect(valueOf(await api.get(key))).toBe('1');
  });

  it('are made again while the API is busy, and on a new connection after an idle one was closed', async () => {
    const busy: Answer = (_, response) => say(response, 429, { message: 'too many' });
    const cut: Answer = (request) => void request.socket.resetAndDestroy();
    const good: Answer = (_, response) => say(response, 200, objectAt('1'));
    await using server = await serveApi(inTurn(`${PATH}/a`, busy, busy, good, cut, good));
    const api = createKubeApi(server.kubeconfig);
    expect(valueOf(await api.get(KEY))).toBe('1');
    expect(valueOf(await api.get(KEY))).toBe('1');
  });

  it.each([
    [403, 'CLUSTER_REFUSED'],
    [409, 'CLUSTER_CONFLICT'],
    [500, 'CLUSTER_UNREACHABLE'],
  ])('with status %d fail with %s and the sentence of the API', async (status, code) => {
    await using server = await serveApi(inTurn(PATH, (_, response) => say(response, status, { message: 'It is so.' })));
    await expect(createKubeApi(server.kubeconfig).apply(objectAt('1'))).rejects.toMatchObject({
      code,
      message: 'The cluster refused to apply ConfigMap default/a: It is so.',
    });
  });

  it('say that nobody answers', async () => {
    const server = await serveApi();
    await server[Symbol.asyncDispose]();
    await expect(createKubeApi(server.kubeconfig).get(KEY)).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each(['', '{}', ': : :', '- a'])('are not made with a kubeconfig like %j', (text) => {
    expect(() => createKubeApi(text)).toThrow(expect.objectContaining({ code: 'KUBECONFIG_INVALID' }));
  });
});

describe('ready', () => {
  const review: (allowed: boolean) => Answer = (allowed) => (_, response) =>
    say(response, 201, { status: { allowed } });

  it('waits until the API is ready, and its user may do everything', async () => {
    const good: Answer = (_, response) => say(response, 200, {});
    const bad: Answer = (_, response) => say(response, 500, {});
    await using server = await serveApi(
      inTurn('/readyz', bad, good, good, good),
      inTurn('/apis/authorization.k8s.io', review(false), review(true), review(true)),
      inTurn('/api/v1/namespaces/default', good, (_, response) => say(response, 404, {}), good),
    );
    await createKubeApi(server.kubeconfig).ready(soon());
    expect(server.asked.filter((line) => line === 'GET /readyz')).toHaveLength(4);
  });

  it('ends with the reason of its signal while nobody answers', async () => {
    const api = createKubeApi(kubeconfigFor('http://127.0.0.1:1'));
    const stop = new AbortController();
    const reason = new Error('enough');
    const waiting = api.ready(stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('a watch', () => {
  /** Says something and goes on, ends, or breaks. */
  const streamed =
    (text: string, end: 'ends' | 'breaks' | 'stays'): Answer =>
    (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(text, () => {
        if (end === 'ends') response.end();
        if (end === 'breaks') request.socket.destroy();
      });
    };
  const versionsOf = (asked: readonly string[]) =>
    asked.filter((line) => line.includes(PATH)).map((line) => /resourceVersion=(\d+)/.exec(line)?.[1] ?? 'list');

  it('goes on where it was when the API ends it', async () => {
    const bookmark = eventOf('BOOKMARK', { metadata: { resourceVersion: '7' } });
    await using server = await serveApi(
      inTurn(
        PATH,
        listed('1'),
        streamed(eventOf('ADDED', objectAt('3')) + bookmark, 'ends'),
        streamed(eventOf('MODIFIED', objectAt('8')) + eventOf('DELETED', objectAt('9')), 'stays'),
      ),
    );
    expect(await see(createKubeApi(server.kubeconfig), 4)).toEqual([undefined, '3', '8', undefined]);
    expect(versionsOf(server.asked)).toEqual(['list', '1', '7']);
  });

  it.each([
    ['its connection breaks', streamed(eventOf('MODIFIED', objectAt('2')).slice(0, 20), 'breaks')],
    ['the API has forgotten the past', streamed(eventOf('ERROR', { metadata: {}, code: 410 }), 'stays')],
    ['the API says so at once', (_: unknown, response: Parameters<Answer>[1]) => say(response, 410, {})],
    ['the API fails', (_: unknown, response: Parameters<Answer>[1]) => say(response, 500, { message: 'etcd' })],
  ] as const)('begins with a new list when %s', async (_, broken) => {
    await using server = await serveApi(
      inTurn(PATH, listed('1', objectAt('1')), broken, listed('5', objectAt('5')), streamed('', 'stays')),
    );
    expect(await see(createKubeApi(server.kubeconfig), 2)).toEqual(['1', '5']);
  });

  it('begins once the API can be reached', async () => {
    const broken: Answer = (request) => void request.socket.destroy();
    await using server = await serveApi(inTurn(PATH, broken, broken, listed('1', objectAt('1'))));
    expect(await see(createKubeApi(server.kubeconfig), 1)).toEqual(['1']);
  });

  it('ends with what the API refuses for good', async () => {
    const denied: Answer = (_, response) => say(response, 403, { message: 'no rights' });
    await using server = await serveApi(inTurn(PATH, listed('1'), denied));
    await expect(see(createKubeApi(server.kubeconfig), 2)).rejects.toMatchObject({ code: 'CLUSTER_REFUSED' });
  });
});

describe('logs', () => {
  it('come line by line, whatever the packets', async () => {
    const text = 'één\ntwo\n\nlast';
    await using server = await serveApi(
      inTurn('/api/v1/namespaces/default/pods/a/log', (_, response) => {
        const bytes = Buffer.from(text);
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write(bytes.subarray(0, 1), () => response.end(bytes.subarray(1)));
      }),
    );
    const pod = { namespace: 'default', name: 'a', container: 'main' };
    const lines = createKubeApi(server.kubeconfig).logs(pod, { tail: 9, previous: true }, soon());
    expect(await Array.fromAsync(lines)).toEqual(['één', 'two', '', 'last']);
    expect(server.asked).toEqual([
      'GET /api/v1/namespaces/default/pods/a/log?container=main&tailLines=9&previous=true',
    ]);
  });
});
