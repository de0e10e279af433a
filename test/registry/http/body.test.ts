/** Bodies: batches, bounds, and connections that break. */
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../src/registry/http/body.ts';
import { BODY_BATCH_BYTES, BODY_BATCH_PIECES } from '../../../src/registry/http/limits.ts';

/** A message whose body a test writes. */
function newMessage(headers: Record<string, string> = { 'transfer-encoding': 'chunked' }) {
  const stream = new PassThrough({ highWaterMark: 64 * 1024 });
  const message = Object.assign(stream, { headers, complete: false }) as unknown as IncomingMessage;
  return { stream, message };
}

async function collect(source: AsyncIterable<readonly Uint8Array[]>): Promise<{ bytes: Buffer; batches: number[] }> {
  const batches: Buffer[] = [];
  for await (const batch of source) batches.push(Buffer.concat(batch));
  return { bytes: Buffer.concat(batches), batches: batches.map(({ length }) => length) };
}

describe('a streamed body', () => {
  it('comes whole and in order, in large batches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(700_000), { maxLength: 8 }), async (lengths) => {
        const { stream, message } = newMessage();
        const pieces = lengths.map((length, at) => Buffer.alloc(length, at + 1));
        const reading = collect(bodyOf(message, undefined).stream());
        for (const piece of pieces)
          if (!stream.write(piece)) await new Promise((resolve) => stream.once('drain', resolve));
        stream.end();
        const { bytes, batches } = await reading;
        expect(bytes.equals(Buffer.concat(pieces))).toBe(true);
        expect(batches.slice(0, -1).every((length) => length >= BODY_BATCH_BYTES)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('stops the sender while nobody reads', async () => {
    const { stream, message } = newMessage();
    const batches = bodyOf(message, undefined).stream()[Symbol.asyncIterator]();
    const first = batches.next();
    const piece = Buffer.alloc(64 * 1024);
    let sent = 0;
    while (sent < 64 * BODY_BATCH_BYTES && stream.write(piece)) sent += piece.length;
    await first;
    for (let round = 0; round < 100; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      while (sent < 64 * BODY_BATCH_BYTES && stream.write(piece)) sent += piece.length;
    }
    expect(sent).toBeLessThan(4 * BODY_BATCH_BYTES);
    await batches.return?.();
  });

  it('that comes byte by byte is handed on before it takes much more room than its bytes', async () => {
    const { stream, message } = newMessage();
    const reading = collect(bodyOf(message, undefined).stream());
    for (let count = 0; count < 5 * BODY_BATCH_PIECES; count++) {
      stream.write('x');
      await new Promise((resolve) => setImmediate(resolve));
    }
    stream.end();
    const { bytes, batches } = await reading;
    expect(bytes).toHaveLength(5 * BODY_BATCH_PIECES);
    expect(Math.max(...batches)).toBeLessThanOrEqual(BODY_BATCH_PIECES);
  });

  it('gives what came before the connection broke, then says so', async () => {
    const { stream, message } = newMessage();
    const batches = bodyOf(message, undefined).stream()[Symbol.asyncIterator]();
    const first = batches.next();
    stream.write('hel');
    stream.write('lo');
    await new Promise((resolve) => setImmediate(resolve));
    stream.destroy();
    expect(Buffer.concat([...((await first).value ?? [])]).toString()).toBe('hello');
    await expect(batches.next()).rejects.toMatchObject({ reason: 'upload-interrupted' });
  });

  it('of a connection that had broken before is an interruption, never an end', async () => {
    const { stream, message } = newMessage();
    stream.destroy();
    await expect(collect(bodyOf(message, undefined).stream())).rejects.toMatchObject({ reason: 'upload-interrupted' });
  });

  it('leaves no listeners behind', async () => {
    const { stream, message } = newMessage();
    const counts = () => ['data', 'end', 'close', 'error'].map((event) => stream.listenerCount(event));
    const before = counts();
    const reading = collect(bodyOf(message, undefined).stream());
    stream.end('x');
    await reading;
    expect(counts()).toEqual(before);
  });
});

describe('the length of a body', () => {
  it.each([
    [{}, 0],
    [{ 'content-length': '5' }, 5],
    [{ 'transfer-encoding': 'chunked' }, undefined],
  ])('of %j is %j', (headers, length) => {
    expect(bodyOf(newMessage(headers as Record<string, string>).message, undefined).length).toBe(length);
  });
});

describe('a body that is read whole', () => {
  it('may be as long as the limit, and no longer', async () => {
    for (const [length, isAccepted] of [
      [9, true],
      [10, true],
      [11, false],
    ] as const) {
      const { stream, message } = newMessage();
      const reading = bodyOf(message, undefined).read(10, 'manifest-too-large');
      stream.end(Buffer.alloc(length));
      if (isAccepted) expect(await reading).toHaveLength(length);
      else await expect(reading).rejects.toMatchObject({ reason: 'manifest-too-large' });
    }
  });

  it('has a time to arrive in, and comes whole from a slow sender that keeps to it', async () => {
    const slow = newMessage();
    const reading = bodyOf(slow.message, undefined, 30).read(10, 'request-invalid');
    slow.stream.write('x');
    await expect(reading).rejects.toMatchObject({ reason: 'request-timeout' });
    slow.stream.destroy();
    const steady = newMessage();
    const arriving = bodyOf(steady.message, undefined, 60_000).read(1_000, 'request-invalid');
    for (let count = 0; count < 1_000; count++) steady.stream.write('x');
    steady.stream.end();
    expect(await arriving).toEqual(Buffer.alloc(1_000, 'x'));
  });

  it('is refused unread when it says it is longer', async () => {
    const { stream, message } = newMessage({ 'content-length': '11' });
    let isInvited = false;
    const reading = bodyOf(message, () => void (isInvited = true)).read(10, 'request-invalid');
    await expect(reading).rejects.toMatchObject({ reason: 'request-invalid' });
    expect([isInvited, stream.listenerCount('data')]).toEqual([false, 0]);
  });
});

describe('an invitation', () => {
  it('is given when the first bytes are asked for, not before', async () => {
    const { stream, message } = newMessage();
    let invitations = 0;
    const body = bodyOf(message, () => void invitations++);
    const batches = body.stream()[Symbol.asyncIterator]();
    expect(invitations).toBe(0);
    const first = batches.next();
    expect(invitations).toBe(1);
    stream.end('x');
    await first;
    await batches.next();
    expect(invitations).toBe(1);
  });
});
