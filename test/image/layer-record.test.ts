/** The memory of a layer: what was written is read, and anything else counts as nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LayerRecord, formatLayerRecord, parseLayerRecord } from '../../src/image/layer-record.ts';
import { digestOf } from '../../src/oci/digest.ts';

const RECORD: LayerRecord = {
  plain: { digest: digestOf('a'), size: 1 },
  zstd: { digest: digestOf('b'), size: 2 },
  files: [{ path: '/n', size: 3, changed: 4.5, place: 'usr/local/bin/node' }],
};

describe('a record', () => {
  it('is read as it was written', () => {
    expect(parseLayerRecord(formatLayerRecord(RECORD))).toEqual(RECORD);
  });

  it.each([
    { ...RECORD, files: [] },
    { ...RECORD, files: [null] },
    { ...RECORD, zstd: { digest: 'sha256:1', size: 2 } },
    { ...RECORD, plain: undefined },
    [],
    7,
  ])('is none when it is %j', (value) => {
    expect(parseLayerRecord(JSON.stringify(value))).toBeUndefined();
  });

  it('never throws, whatever is left of it', () => {
    const text = formatLayerRecord(RECORD);
    const isNone = (broken: string) => parseLayerRecord(broken) === undefined;
    fc.assert(fc.property(fc.nat(text.length - 3), (length) => isNone(text.slice(0, length))));
    fc.assert(fc.property(fc.json(), isNone));
  });
});
