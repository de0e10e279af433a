/** Lines of a stream, wherever its bytes are cut. */
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readLines } from '../../src/kube/lines.ts';

it('are the same however the bytes come', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\n\r]/g, ''));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), fc.boolean(), async (lines, size, ends) => {
      const text = lines.join('\n') + (ends && lines.length > 0 ? '\n' : '');
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const expected = text.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(await Array.fromAsync(readLines(Readable.from(chunks)))).toEqual(expected);
    }),
  );
});
