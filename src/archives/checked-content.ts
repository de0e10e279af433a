/** Bytes on their way, held against the digest and size they should have. */
import { pipeline, type Readable, Transform } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.ts';
import { algorithmOf, startDigest } from '../oci/digest.ts';
import { contentWrong } from './archive-errors.ts';

/** Passes bytes on, and fails with CONTENT_WRONG at the end, or where they are too many. @param name for the sentence */
export function createCheck({ digest, size }: Pick<Descriptor, 'digest' | 'size'>, name: string): Transform {
  const running = startDigest(algorithmOf(digest));
  let count = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      count += piece.length;
      if (count > size) return done(contentWrong(name, digest, `it has more than the ${size} bytes it should have`));
      running.update(piece);
      return done(null, piece);
    },
    flush(done) {
      if (count < size) return done(contentWrong(name, digest, `it has ${count} bytes instead of ${size}`));
      const is = running.finish();
      return done(is === digest ? null : contentWrong(name, digest, `its digest is ${is}`));
    },
  });
}

/** The stream, checked; destroying one destroys the other. */
export function checkContent(stream: Readable, blob: Pick<Descriptor, 'digest' | 'size'>, name: string): Readable {
  return pipeline(stream, createCheck(blob, name), () => {});
}
