/** Zstandard as people write it: many frames in a row, some to be skipped. */
import { Transform } from 'node:stream';

/** @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1 */
const FRAME_MAGIC = 0xfd2f_b528;
const SKIPPABLE_MAGIC = 0x184d_2a50;
const SKIPPABLE_MASK = 0xffff_fff0;

const MAGIC_BYTES = 4;
const SKIPPABLE_SIZE_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;

/** Bytes of a dictionary's number and of the content's size, by their flags. */
const DICTIONARY_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

/**
 * Passes bytes on, cut where frames end: Node's decompressor forgets what follows the end of a frame in one piece. What
 * is no frame is passed on as it is, for the decompressor to refuse.
 */
export function splitZstdFrames(): Transform {
  const walk = walkFrames();
  let ask = walk.next();
  let collected: Buffer = Buffer.alloc(0);
  let passed = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      let begin = 0;
      let at = 0;
      while (at < piece.length && ask.done !== true) {
        if (ask.value.kind === 'end') {
          if (at > begin) this.push(piece.subarray(begin, at));
          begin = at;
          ask = walk.next(collected);
          continue;
        }
        const { kind, bytes } = ask.value;
        const take = Math.min(bytes - passed, piece.length - at);
        if (kind === 'read') collected = Buffer.concat([collected, piece.subarray(at, at + take)]);
        at += take;
        passed += take;
        if (passed < bytes) break;
        ask = walk.next(collected);
        collected = Buffer.alloc(0);
        passed = 0;
      }
      if (begin < piece.length) this.push(piece.subarray(begin));
      done();
    },
  });
}

/** What is to be done next: look at so many bytes, pass so many over, or note that a frame ends here. */
type Step = { readonly kind: 'read' | 'pass'; readonly bytes: number } | { readonly kind: 'end' };

const read = (bytes: number): Step => ({ kind: 'read', bytes });
const pass = (bytes: number): Step => ({ kind: 'pass', bytes });

function* walkFrames(): Generator<Step, void, Buffer> {
  for (;;) {
    const magic = (yield read(MAGIC_BYTES)).readUInt32LE();
    if (magic === FRAME_MAGIC) yield* walkFrame();
    else if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
      yield* passOver((yield read(SKIPPABLE_SIZE_BYTES)).readUInt32LE());
    } else return;
    yield { kind: 'end' };
  }
}

function* walkFrame(): Generator<Step, void, Buffer> {
  const descriptor = (yield read(1)).readUInt8();
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[sizeFlag] ?? 0);
  yield* passOver((isSingleSegment ? 0 : 1) + (DICTIONARY_BYTES[descriptor & 3] ?? 0) + sizeBytes);
  for (let isLast = false; !isLast;) {
    const block = (yield read(BLOCK_HEADER_BYTES)).readUIntLE(0, BLOCK_HEADER_BYTES);
    isLast = (block & 1) === 1;
    yield* passOver(((block >> 1) & 3) === RLE_BLOCK ? 1 : block >> 3);
  }
  if ((descriptor & 4) !== 0) yield* passOver(CHECKSUM_BYTES);
}

function* passOver(bytes: number): Generator<Step, void, Buffer> {
  if (bytes > 0) yield pass(bytes);
}
