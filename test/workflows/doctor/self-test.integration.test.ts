/** The self-test against servers that are no good registries. */
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { runSelfTest } from '../../../src/workflows/doctor/self-test.ts';

const LOGIN = { user: 'me', password: 'secret' };

let undo = new AsyncDisposableStack();
afterEach(async () => {
  await undo.disposeAsync();
  undo = new AsyncDisposableStack();
});

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

async function serve(answer: Answer): Promise<number> {
  const reply = async (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, Buffer.concat(await request.toArray()));
    response.end();
  };
  const server = createServer((request, response) => void reply(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.defer(async () => {
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function test(answer: Answer, signal = new AbortController().signal) {
  const port = await serve(answer);
  const door = { host: 'localhost', port, authority: undefined };
  return runSelfTest({ door, login: LOGIN }, 'amd64', async () => {}, signal);
}

/** Keeps content by its digest, as registries do. */
function makeRegistry(spoil: (bytes: Buffer) => Buffer = (bytes) => bytes) {
  const kept = new Map<string, Buffer>();
  const asked: string[] = [];
  const answer: Answer = ({ method = '', url = '' }, response, body) => {
    const digest = decodeURIComponent(/sha256(?::|%3A)[0-9a-f]+/.exec(url)?.[0] ?? '');
    asked.push(`${method} ${url.replace(/sha256.*/, '<digest>')}`);
    if (method === 'POST' || method === 'PUT') {
      kept.set(digest, body);
      response.statusCode = 201;
    } else if (method === 'DELETE') response.statusCode = kept.delete(digest) ? 202 : 404;
    else if (kept.has(digest)) response.write(spoil(kept.get(digest) ?? body));
    else response.statusCode = 404;
  };
  return { kept, asked, answer };
}

describe('an image', () => {
  it('goes in and out, by its digest alone, and nothing is left', async () => {
    const registry = makeRegistry();
    const report = await test(registry.answer);
    expect(report.steps.map(({ step, failure }) => [step, failure])).toEqual([
      ['push', undefined],
      ['pull', undefined],
      ['digest', undefined],
    ]);
    expect(report.left).toEqual([]);
    expect(registry.kept.size).toBe(0);
    expect(registry.asked[0]).toBe('POST /v2/devreg-doctor/self-test/blobs/uploads/?digest=<digest>');
    expect(registry.asked).toContain('PUT /v2/devreg-doctor/self-test/manifests/<digest>');
  });

  it('that is not taken is told with the answer, and nothing is said to be left', async () => {
    const report = await test((_request, response) => {
      response.statusCode = 507;
      response.write('{"errors":[{"code":"UNKNOWN","message":"the disk is full"}]}');
    });
    expect(report.steps).toHaveLength(1);
    expect(report.steps[0]?.failure).toMatch(/^POST \S+ was answered with 507 .*the disk is full/);
    expect(report.left).toEqual([]);
  });

  it('that comes back as something else is told', async () => {
    const registry = makeRegistry((bytes) => Buffer.concat([bytes, Buffer.from('!')]));
    const { steps, left } = await test(registry.answer);
    expect(steps.at(-1)).toMatchObject({ step: 'pull', failure: expect.stringMatching(/comes back as sha256:/) });
    expect(left).toEqual([]);
    expect(registry.kept.size).toBe(0);
  });

  it('that cannot be removed is told', async () => {
    const registry = makeRegistry();
    const report = await test((request, response, body) => {
      if (request.method === 'DELETE') response.statusCode = 405;
      else registry.answer(request, response, body);
    });
    expect(report.left).toEqual([expect.stringMatching(/^the image in the registry \(DELETE .* 405\)$/)]);
  });

  it('is removed when the time is over on the way', async () => {
    const registry = makeRegistry();
    const controller = new AbortController();
    const reason = new Error('over');
    const running = test((request, response, body) => {
      registry.answer(request, response, body);
      if (request.method === 'PUT') controller.abort(reason);
    }, controller.signal);
    await expect(running).rejects.toBe(reason);
    expect(registry.kept.size).toBe(0);
  });
});
