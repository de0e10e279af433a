/** Media types of manifests and layers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_LAYER,
  OCI_MANIFEST,
  isImageManifest,
  isIndex,
  isMediaType,
  isNonDistributable,
  isSchema1,
  isUnspecific,
  withoutParameters,
} from '../../src/oci/media-types.ts';

describe('media types', () => {
  it.each([
    [OCI_MANIFEST, 'image'],
    [DOCKER_MANIFEST, 'image'],
    [OCI_INDEX, 'index'],
    [DOCKER_MANIFEST_LIST, 'index'],
    ['application/vnd.docker.distribution.manifest.v1+json', 'schema1'],
    ['application/vnd.docker.distribution.manifest.v1+prettyjws', 'schema1'],
    ['', 'unspecific'],
    ['application/json', 'unspecific'],
    ['application/octet-stream', 'unspecific'],
    [OCI_EMPTY, 'other'],
    ['__proto__', 'other'],
  ])('%s is %s', (type, kind) => {
    const kinds = {
      image: isImageManifest(type),
      index: isIndex(type),
      schema1: isSchema1(type),
      unspecific: isUnspecific(type),
    };
    expect(Object.entries(kinds).flatMap(([name, is]) => (is ? [name] : []))).toEqual(kind === 'other' ? [] : [kind]);
  });

  it('tell what is not for distribution', () => {
    const foreign = [
      'application/vnd.oci.image.layer.nondistributable.v1.tar',
      'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
      'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    ];
    expect(foreign.map(isNonDistributable)).toEqual([true, true, true]);
    expect(
      [OCI_LAYER, `x${foreign[0]}`, 'application/vnd.docker.image.rootfs.diff.tar.gzip'].map(isNonDistributable),
    ).toEqual([false, false, false]);
  });

  it('lose their parameters', () => {
    expect(withoutParameters(` ${OCI_MANIFEST.toUpperCase()} ; charset=utf-8; x="a;b"`)).toBe(OCI_MANIFEST);
    fc.assert(
      fc.property(fc.string(), fc.string(), (type, parameters) => {
        const essence = withoutParameters(`${type};${parameters}`);
        expect(essence).toBe(withoutParameters(essence));
        expect(essence).not.toContain(';');
      }),
    );
  });
});

describe('isMediaType', () => {
  it('agrees with a second reading of RFC 6838', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    const isName = (text: string | undefined) =>
      text !== undefined &&
      text.length > 0 &&
      text.length <= 127 &&
      letters.includes(text.charAt(0)) &&
      [...text].every((letter) => `${letters}!#$&-^_.+`.includes(letter));
    const typeLike = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', '/', '+', '.', '-', ';', ' ', '"', '\r', 'ä'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          typeLike,
          fc.tuple(typeLike, typeLike).map((parts) => parts.join('/')),
          fc.string(),
        ),
        (text) => {
          const [type, subtype, ...rest] = text.split('/');
          expect(isMediaType(text)).toBe(rest.length === 0 && isName(type) && isName(subtype));
        },
      ),
      { numRuns: 3_000 },
    );
    expect([OCI_MANIFEST, `a/${'b'.repeat(127)}`, `a/${'b'.repeat(128)}`].map(isMediaType)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
