/** Bodies on their way from the connection to their reader: the right bytes, in memory that nobody else uses meanwhile. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedFraming, type Framing, LengthFraming } from '../../../../src/registry/http/wire/framing.ts';
import { ReceiveBuffers } from '../../../../src/registry/http/wire/receive-buffers.ts';
import { ReceivedBody } from '../../../../src/registry/http/wire/received-body.ts';

const KIB = 1024;
/** Bytes of a large buffer. */
const LARGE = new ReceiveBuffers().take()?.length ?? 0;

/** Counts what is taken and given back; what was given back is overwritten, so that whoever still reads it is seen. */
class CountedBuffers extends ReceiveBuffers {
  readonly out = new Set<Buffer>();
  taken = 0;

  override take(): Buffer | undefined {
    const buffer = super.take();
    if (buffer !== undefined) this.out.add(buffer);
    if (buffer !== undefined) this.taken += 1;
    return buffer;
  }

  override giveBack(buffer: Buffer): void {
    if (!this.out.delete(buffer)) throw new Error('A buffer was given back twice.');
    buffer.fill(0xee);
    super.giveBack(buffer);
  }
}

/** A connection as the system sees it: where to receive is decided after each time, and holds until the next. */
class Connection {
  readonly body: ReceivedBody;
  readonly buffers: CountedBuffers;
  isPaused = false;
  #target: Buffer;

  constructor(framing: Framing, buffers: CountedBuffers) {
    this.buffers = buffers;
    this.body = new ReceivedBody(framing, buffers, () => void (this.isPaused = false));
    this.#target = buffers.shared;
  }

  /** @returns how many bytes fitted, and how many of those are the body's */
  receive(bytes: Buffer): { readonly length: number; readonly used: number | 'malformed' } {
    const length = bytes.copy(this.#target);
    const used = this.body.take(this.#target.subarray(0, length));
    this.isPaused = this.body.isFull;
    const target = this.body.target ?? this.buffers.shared;
    if (target.length === 0) throw new Error('There is no room to receive into.');
    this.#target = target;
    return { length, used };
  }
}

/** Bytes of which each place differs from others nearby. */
function bytesOf(length: number): Buffer {
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, (_, at) => Math.imul(at + 1, 0x9e3779b1));
  return Buffer.from(words.buffer, 0, length);
}

/** Cuts a body into chunks. */
function chunked(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

/** How a body is sent and read. */
const course = fc.record({
  length: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 5_000 * KIB })),
  /** Undefined: by length. */
  chunk: fc.option(fc.integer({ min: 200, max: 3_000 * KIB }), { nil: undefined }),
  /** Bytes that arrive at once, in turn. */
  arrivals: fc.array(fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 1_500 * KIB })), {
    minLength: 1,
    maxLength: 8,
  }),
  /** Turns that the reader takes for each batch, in turn. */
  delays: fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }),
});

interface Course {
  readonly length: number;
  readonly chunk: number | undefined;
  readonly arrivals: readonly number[];
  readonly delays: readonly number[];
}

function connectionOf({ length, chunk }: Course, buffers: CountedBuffers) {
  const body = bytesOf(length);
  const framing = chunk === undefined ? new LengthFraming(length) : new ChunkedFraming();
  const wire = chunk === undefined ? body : chunked(body, chunk);
  return { body, wire, connection: new Connection(framing, buffers) };
}

/** Sends until the end, or until so many bytes were sent; pauses when the body is full. */
async function send(
  connection: Connection,
  wire: Buffer,
  arrivals: readonly number[],
  end = wire.length,
): Promise<void> {
  for (let at = 0, round = 0; at < end; round++) {
    if (connection.isPaused) {
      await nextTurn();
      continue;
    }
    // Smaller pieces than these would make a test of minutes of the largest bodies.
    const wanted = Math.max(arrivals[round % arrivals.length] ?? 1, Math.ceil(wire.length / 500));
    at += connection.receive(wire.subarray(at, Math.min(at + wanted, end))).length;
    if (round % 3 === 0) await nextTurn();
  }
}

/** Reads, and looks at each batch when it is lent and again before the next is asked for. */
async function read(connection: Connection, delays: readonly number[], most = Number.POSITIVE_INFINITY) {
  const seenSoFar: Buffer[] = [];
  let round = 0;
  for await (const batch of connection.body.batches()) {
    const seen = Buffer.concat(batch);
    for (let left = delays[round % delays.length] ?? 0; left > 0; left--) await nextTurn();
    if (!Buffer.concat(batch).equals(seen)) throw new Error('A batch was written into while it was lent.');
    seenSoFar.push(seen);
    round += 1;
    if (round >= most) break;
  }
  return Buffer.concat(seenSoFar);
}

describe('a body that is received', () => {
  it('reaches its reader whole, however it is sent and read, and its buffers come back', async () => {
    const buffers = new CountedBuffers();
    await fc.assert(
      fc.asyncProperty(course, async (plan) => {
        const { body, wire, connection } = connectionOf(plan, buffers);
        const reading = read(connection, plan.delays);
        await send(connection, wire, plan.arrivals);
        expect((await reading).equals(body)).toBe(true);
        expect(connection.body.received).toBe(body.length);
        connection.body.abandon();
        expect(buffers.out.size).toBe(0);
      }),
      { numRuns: 60 },
    );
    expect(buffers.taken).toBeGreaterThan(60);
  });

  it('never mixes with others that arrive at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(course, { minLength: 2, maxLength: 14 }), async (plans) => {
        const buffers = new CountedBuffers();
        const all = plans.map((plan) => ({ plan, ...connectionOf(plan, buffers) }));
        const readings = all.map(({ plan, connection }) => read(connection, plan.delays));
        await Promise.all(all.map(({ plan, connection, wire }) => send(connection, wire, plan.arrivals)));
        const received = await Promise.all(readings);
        expect(received.map((bytes, at) => bytes.equals(all[at]?.body ?? Buffer.alloc(0)))).not.toContain(false);
        for (const { connection } of all) connection.body.abandon();
        expect(buffers.out.size).toBe(0);
      }),
      { numRuns: 12 },
    );
  });

  it('that breaks gives what came, then says so, and its buffers come back', async () => {
    const buffers = new CountedBuffers();
    await fc.assert(
      fc.asyncProperty(course, fc.double({ min: 0, max: 0.99, noNaN: true }), async (plan, part) => {
        const { body, wire, connection } = connectionOf(plan, buffers);
        const received: Buffer[] = [];
        const reading = (async () => {
          for await (const batch of connection.body.batches()) received.push(Buffer.concat(batch));
        })();
        const outcome = expect(reading).rejects.toMatchObject({ reason: 'upload-interrupted' });
        await send(connection, wire, plan.arrivals, Math.floor(wire.length * part));
        connection.body.break();
        await outcome;
        const bytes = Buffer.concat(received);
        expect(bytes.length).toBe(connection.body.received);
        expect(bytes.equals(body.subarray(0, bytes.length))).toBe(true);
        connection.body.abandon();
        expect(buffers.out.size).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('that nobody wants any more is dropped to its end, and its buffers come back', async () => {
    const buffers = new CountedBuffers();
    await fc.assert(
      fc.asyncProperty(course, fc.nat(3), fc.boolean(), async (plan, batches, isBroken) => {
        const { wire, connection } = connectionOf(plan, buffers);
        const reading = batches === 0 ? Promise.resolve() : read(connection, plan.delays, batches);
        const sending = send(connection, wire, plan.arrivals, isBroken ? Math.floor(wire.length / 2) : wire.length);
        const ending = reading.catch(() => undefined);
        await Promise.race([ending, sending, nextTurn()]);
        connection.body.abandon();
        connection.isPaused = false;
        await sending;
        if (isBroken) connection.body.break();
        await ending;
        expect(connection.body.isOver).toBe(!isBroken);
        expect(buffers.out.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a reader that was told to stop', () => {
  it('leaves a batch behind that it had asked for, and its buffer comes back', async () => {
    const buffers = new CountedBuffers();
    const connection = new Connection(new LengthFraming(8_000 * KIB), buffers);
    const next = connection.body.batches().next();
    await send(connection, bytesOf(2 * LARGE), [64 * KIB], LARGE + 100 * KIB);
    await next;
    expect(buffers.out.size).toBeGreaterThan(1);
    connection.body.abandon();
    // The system still holds the memory it was told to receive into.
    expect(buffers.out.size).toBe(1);
    connection.receive(Buffer.alloc(10));
    expect(buffers.out.size).toBe(0);
  });

  it('is told when it asks once more', async () => {
    const { body } = new Connection(new LengthFraming(10), new CountedBuffers());
    const next = body.batches().next();
    body.abandon();
    await expect(next).rejects.toMatchObject({ reason: 'upload-interrupted' });
  });
});

describe('the memory of a body', () => {
  it('is none of its own while it is small or slow', async () => {
    for (const [length, arrival] of [
      [200 * KIB, 64 * KIB],
      [2_000 * KIB, 16 * KIB],
    ] as const) {
      const buffers = new CountedBuffers();
      const connection = new Connection(new LengthFraming(length), buffers);
      const reading = read(connection, [0]);
      await send(connection, bytesOf(length), [arrival]);
      expect((await reading).length).toBe(length);
      expect(buffers.taken).toBe(0);
    }
  });

  it('is three buffers at most, however quick its sender is', async () => {
    const buffers = new CountedBuffers();
    const connection = new Connection(new LengthFraming(32_000 * KIB), buffers);
    const wire = bytesOf(32_000 * KIB);
    let most = 0;
    const sending = send(connection, wire, [1_000 * KIB]);
    for await (const _ of connection.body.batches()) {
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      most = Math.max(most, buffers.out.size);
    }
    await sending;
    expect(most).toBe(3);
  });

  it('is no memory of others when there are no buffers left', async () => {
    const buffers = new CountedBuffers();
    while (buffers.take() !== undefined);
    const connection = new Connection(new LengthFraming(4_000 * KIB), buffers);
    const wire = bytesOf(4_000 * KIB);
    const reading = read(connection, [2]);
    await send(connection, wire, [64 * KIB]);
    expect((await reading).equals(wire)).toBe(true);
  });

  it('is as much as its bytes, not its chunks, when these are tiny', async () => {
    const connection = new Connection(new ChunkedFraming(), new CountedBuffers());
    const body = bytesOf(400 * KIB);
    const wire = chunked(body, 1);
    const received: Buffer[] = [];
    let pieces = 0;
    const sending = send(connection, wire, [64 * KIB, 1_000 * KIB]);
    for await (const batch of connection.body.batches()) {
      pieces = Math.max(pieces, batch.length);
      received.push(Buffer.concat(batch));
    }
    await sending;
    expect(Buffer.concat(received).equals(body)).toBe(true);
    expect(pieces).toBeLessThan(1_000);
  });
});

describe('a malformed body', () => {
  it('gives what came before, then says what is wrong', async () => {
    const connection = new Connection(new ChunkedFraming(), new CountedBuffers());
    expect(connection.receive(Buffer.from('3\r\nabc\r\nno size\r\n')).used).toBe('malformed');
    const batches = connection.body.batches();
    expect(Buffer.concat([...((await batches.next()).value ?? [])]).toString()).toBe('abc');
    await expect(batches.next()).rejects.toMatchObject({ reason: 'request-invalid' });
  });
});
