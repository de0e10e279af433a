/** Bodies in the bytes of a connection: found however they are cut, and told when they are none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedFraming, type Framing, LengthFraming } from '../../../../src/registry/http/wire/framing.ts';

/** What a framing makes of bytes that arrive in pieces. */
interface Reading {
  readonly body: string;
  /** What does not belong to the request; undefined when the body is malformed. */
  readonly rest: string | undefined;
  readonly isOver: boolean;
}

function readAll(framing: Framing, pieces: readonly Buffer[]): Reading {
  let body = '';
  for (const [at, piece] of pieces.entries()) {
    const used = framing.read(piece, (start, end) => void (body += piece.toString('latin1', start, end)));
    if (used === 'malformed') return { body, rest: undefined, isOver: framing.isOver };
    if (!framing.isOver) continue;
    const rest = Buffer.concat([piece.subarray(used), ...pieces.slice(at + 1)]);
    return { body, rest: rest.toString('latin1'), isOver: true };
  }
  return { body, rest: '', isOver: framing.isOver };
}

/** Cuts at the given places. */
function split(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end)).filter(({ length }) => length > 0);
}

const readText = (text: string, pieces?: readonly Buffer[]) =>
  readAll(new ChunkedFraming(), pieces ?? [Buffer.from(text, 'latin1')]);
const byteByByte = (text: string) => [...Buffer.from(text, 'latin1')].map((byte) => Buffer.from([byte]));

const places = fc.array(fc.nat(), { maxLength: 30 });
const content = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const extension = fc.constantFrom('', ';a', ';a=b', ';a="b c"', ';x;y=z');
const trailers = fc.array(fc.constantFrom('x: y\r\n', 'digest:\r\n', 'a-b: c d\r\n'), { maxLength: 4 });
const NEXT = 'GET / HTTP/1.1\r\n';

describe('a body of a known length', () => {
  it('ends where it says, however it is cut', () => {
    fc.assert(
      fc.property(content, fc.nat(400), places, (text, length, at) => {
        const { body, rest, isOver } = readAll(new LengthFraming(length), split(Buffer.from(text, 'latin1'), at));
        expect(body).toBe(text.slice(0, length));
        expect(isOver).toBe(text.length >= length);
        expect(rest).toBe(text.slice(length));
      }),
    );
  });

  it('says how much must still come', () => {
    const framing = new LengthFraming(10);
    framing.read(Buffer.alloc(4), () => {});
    expect(framing.left).toBe(6);
  });
});

describe('a body in chunks', () => {
  it('has the same bytes however it is chunked and cut', () => {
    const chunks = fc.array(fc.tuple(content, extension, fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(chunks, extension, trailers, places, (parts, last, lines, at) => {
        const written = parts.map(([text, extra, isUpper]) => {
          const size = text.length.toString(16);
          return `${isUpper ? size.toUpperCase() : `0${size}`}${extra}\r\n${text}\r\n`;
        });
        const bytes = Buffer.from(`${written.join('')}0${last}\r\n${lines.join('')}\r\n${NEXT}`, 'latin1');
        const body = parts.map(([text]) => text).join('');
        expect(readAll(new ChunkedFraming(), split(bytes, at))).toEqual({ body, rest: NEXT, isOver: true });
      }),
      { numRuns: 300 },
    );
  });

  it('that is cut short is never over', () => {
    const whole = '4;a=b\r\nabcd\r\n0\r\nx: y\r\n\r\n';
    for (let end = 0; end < whole.length; end++) {
      expect(readText('', byteByByte(whole.slice(0, end)))).toMatchObject({ isOver: false, rest: '' });
    }
    expect(readText('', byteByByte(whole))).toEqual({ body: 'abcd', rest: '', isOver: true });
  });

  it.each([
    ['no size', '\r\n'],
    ['a size that is none', 'g\r\n'],
    ['a negative size', '-1\r\n'],
    ['a size with a sign', '+1\r\n'],
    ['a size with a prefix', '0x1\r\n'],
    ['a size beyond exact numbers', `${'f'.repeat(13)}\r\n`],
    ['a space before its size', ' 1\r\na\r\n'],
    ['a space after its size', '1 \r\na\r\n'],
    ['a bare line feed after its size', '1\na\r\n'],
    ['a bare carriage return in its extension', '1;a\rb\r\na\r\n'],
    ['a NUL in its extension', '1;\0\r\na\r\n'],
    ['letters beyond ASCII in its extension', '1;\xe4\r\na\r\n'],
    ['an extension without a name', '1;\r\na\r\n'],
    ['an extension after a space', '1 ;a\r\na\r\n'],
    ['an extension without its value', '1;a= \r\na\r\n'],
    ['an extension that is not closed', '1;a="b\r\na\r\n'],
    ['more than it says', '1\r\nab\r\n'],
    ['less than it says', '3\r\na\r\n0\r\n\r\n'],
    ['a bare line feed at its end', '1\r\na\n'],
    ['a bare line feed at the end of all', '0\r\n\n'],
    ['a trailer that ends in a bare line feed', '0\r\nx: y\n\r\n'],
    ['a trailer without a name', '0\r\n: y\r\n\r\n'],
    ['a trailer without a colon', '0\r\nx\r\n\r\n'],
    ['a trailer with a space before its colon', '0\r\nx : y\r\n\r\n'],
    ['a folded trailer', '0\r\nx: y\r\n z\r\n\r\n'],
    ['a trailer with a bare carriage return', '0\r\nx: y\rz\r\n\r\n'],
    ['an extension without end', `1;${'a'.repeat(5_000)}\r\na\r\n`],
    ['a trailer without end', `0\r\nx: ${'a'.repeat(5_000)}\r\n\r\n`],
    ['trailers without end', `0\r\n${'x: y\r\n'.repeat(5_000)}\r\n`],
  ])('may not have %s', (_, text) => {
    expect(readText(text).rest).toBeUndefined();
    expect(readText('', byteByByte(text)).rest).toBeUndefined();
  });

  it('keeps little of a line that does not end', () => {
    const framing = new ChunkedFraming();
    const results = Array.from({ length: 100 }, () => framing.read(Buffer.alloc(100, '1'), () => {}));
    expect(results.findIndex((result) => result === 'malformed')).toBe(40);
    expect(new ChunkedFraming().read(Buffer.alloc(1024 * 1024, '1'), () => {})).toBe('malformed');
  });

  it('never takes bytes after its end', () => {
    const framing = new ChunkedFraming();
    framing.read(Buffer.from('0\r\n\r\n'), () => {});
    expect(framing.read(Buffer.from('1\r\na\r\n'), () => expect.unreachable())).toBe(0);
  });
});
