/** Short answers as they come, piece by piece: what is understood, what becomes of the connection, what is given up. */
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ShortExchange, isShortRequest } from '../../../src/client/registry/short-exchange.ts';

function start(method: 'GET' | 'HEAD' = 'GET') {
  let abandoned = 0;
  const exchange = new ShortExchange(method, () => abandoned++);
  return { exchange, take: (text: string) => exchange.take(Buffer.from(text)), abandoned: () => abandoned };
}

const OK = 'HTTP/1.1 200 OK\r\n';

it('requests for little, or for nothing, are short', () => {
  expect(isShortRequest('HEAD')).toBe(true);
  expect(isShortRequest('GET', 262_144)).toBe(true);
  expect(isShortRequest('GET', 262_145)).toBe(false);
  expect(isShortRequest('GET')).toBe(false);
  expect(isShortRequest('POST', 1)).toBe(false);
});

describe('an answer', () => {
  it('may come byte by byte', async () => {
    const { exchange } = start();
    const bytes = Buffer.from(`${OK}Content-Length: 3\r\nX: y\r\n\r\nabc`);
    const outcomes = Array.from(bytes, (_, place) => exchange.take(bytes.subarray(place, place + 1)));
    expect(outcomes.filter((outcome) => outcome !== 'more')).toEqual(['kept']);
    const answer = (await exchange.answered) ?? expect.unreachable();
    expect(answer).toMatchObject({ statusCode: 200, headers: { x: 'y' }, complete: true });
    expect((await buffer(answer)).toString()).toBe('abc');
  });

  it('is not changed by what is read into the same memory later', async () => {
    const { exchange } = start();
    const memory = Buffer.from(`${OK}content-length: 3\r\n\r\nabc`);
    expect(exchange.take(memory)).toBe('kept');
    memory.fill('x');
    expect((await buffer((await exchange.answered) ?? expect.unreachable())).toString()).toBe('abc');
  });

  it.each([
    ['content-length: 3\r\n\r\nabc', 'kept'],
    ['content-length: 0\r\n\r\n', 'kept'],
    ['connection: Keep-Alive\r\ncontent-length: 3\r\n\r\nabc', 'kept'],
    ['connection: close\r\ncontent-length: 3\r\n\r\nabc', 'spent'],
    ['connection: keep-alive, close\r\ncontent-length: 3\r\n\r\nabc', 'spent'],
    ['content-length: 3\r\n\r\nabcd', 'spent'],
    ['content-length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n', 'spent'],
  ])('%j leaves its connection %s', async (text, outcome) => {
    const { exchange, take } = start();
    expect(take(OK + text)).toBe(outcome);
    const answer = (await exchange.answered) ?? expect.unreachable();
    expect(answer.complete).toBe(true);
    expect((await buffer(answer)).toString()).toBe(text.includes('abc') ? 'abc' : '');
  });

  it.each([
    ['content-length: 900000\r\n\r\n', 'kept'],
    ['\r\n', 'kept'],
    ['content-length: 3\r\n\r\nabc', 'spent'],
  ])('to HEAD has no body: %j', async (text, outcome) => {
    const { exchange, take } = start('HEAD');
    expect(take(OK + text)).toBe(outcome);
    expect(await buffer((await exchange.answered) ?? expect.unreachable())).toHaveLength(0);
  });

  it.each([
    ['is chunked', `${OK}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['is longer than short ones are', `${OK}content-length: 262145\r\n\r\n`],
    ['tells no length', `${OK}\r\n`],
    ['is of old', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['is not the last one', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['has a head without end', `${OK}x: ${'y'.repeat(17_000)}`],
  ])('that %s is left to others', async (_, text) => {
    const { exchange, take } = start();
    expect(take(text)).toBe('spent');
    expect(await exchange.answered).toBeUndefined();
  });

  it('that breaks off is not complete', async () => {
    const { exchange, take } = start();
    expect(take(`${OK}content-length: 3\r\n\r\nab`)).toBe('more');
    const answer = (await exchange.answered) ?? expect.unreachable();
    exchange.fail(new Error('gone'));
    // Nobody listened when it failed.
    await new Promise(setImmediate);
    await expect(buffer(answer)).rejects.toThrow('gone');
    expect(answer.complete).toBe(false);
  });

  it('that is given up costs its connection only while more is to come', async () => {
    const early = start();
    early.take(`${OK}content-length: 3\r\n\r\nab`);
    (await early.exchange.answered)?.destroy();
    expect(early.abandoned()).toBe(1);
    const late = start();
    late.take(`${OK}content-length: 3\r\n\r\nabc`);
    (await late.exchange.answered)?.destroy();
    expect(late.abandoned()).toBe(0);
  });
});
