/** Several ranges of a blob as one multipart/byteranges body. */
import { randomUUID } from 'node:crypto';
import type { BlobReader } from '../../core/ports.ts';
import type { ByteRange } from '../../http/range.ts';

/** A body of parts. */
export interface ByteRangesBody {
  readonly boundary: string;
  readonly length: number;
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * Composes the body without reading anything yet.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.6
 */
export function byteRangesBody(reader: BlobReader, ranges: readonly ByteRange[], contentType: string): ByteRangesBody {
  const boundary = randomUUID();
  const heads = ranges.map(({ start, end }) =>
    Buffer.from(
      `\r\n--${boundary}\r\ncontent-type: ${contentType}\r\ncontent-range: bytes ${start}-${end - 1}/${reader.size}\r\n\r\n`,
    ),
  );
  const closing = Buffer.from(`\r\n--${boundary}--\r\n`);
  const length = ranges.reduce(
    (sum, { start, end }, index) => sum + (heads[index]?.byteLength ?? 0) + end - start,
    closing.byteLength,
  );
  return {
    boundary,
    length,
    async *chunks() {
      for (const [index, { start, end }] of ranges.entries()) {
        yield heads[index] ?? Buffer.alloc(0);
        yield* reader.chunks(start, end);
      }
      yield closing;
    },
  };
}

/** The Content-Type of such a body. */
export function byteRangesType(boundary: string): string {
  return `multipart/byteranges; boundary=${boundary}`;
}
